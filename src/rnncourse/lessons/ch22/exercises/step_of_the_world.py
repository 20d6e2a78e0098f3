"""Exercise: a step of the world by Euler's method, both lines of which are missing."""

from __future__ import annotations

from torch import Tensor

from rnncourse.checking.exercise import Exercise, Mistake


def step_of_the_world(
    places: Tensor, velocities: Tensor, accelerations: Tensor
) -> tuple[Tensor, Tensor]:
    """Places and velocities 0.02 seconds later; all (B, D): a cart's position, a pole's angle."""
    new_places = places + 0.02 * velocities
    new_velocities = velocities + 0.02 * accelerations
    return new_places, new_velocities


PLACES = "places + 0.02 * velocities"
VELOCITIES = "velocities + 0.02 * accelerations"
RETURN = "return new_places, new_velocities"

EXERCISE = Exercise(
    name="step-of-the-world",
    title="A step of the world",
    level="complete",
    minutes=5,
    objective="22.1",
    hints=(
        "By how much does a place grow in a second, and by how much does a velocity? Both answers "
        "are among the arguments.",
        "A place grows by its velocity, and a velocity by its acceleration: all as they are before "
        "the step. In 0.02 seconds they grow by 0.02 of that.",
        "places + 0.02 * velocities, and velocities + 0.02 * accelerations.",
    ),
    notice="a push changes the velocity in this step, and the place only in the next. So where the "
    "cost looks at places alone, the gradient of an action comes from two steps later, and beyond.",
    takes={"places": "B D", "velocities": "B D", "accelerations": "B D"},
    returns={"new_places": "B D", "new_velocities": "B D"},
    places={"B": "cart {i}", "D": "number {i}"},
    reference=step_of_the_world,
    mistakes=(
        Mistake(
            "velocities-first",
            "the velocities are changed first, and the places by the new ones. That is a good "
            "method, too, but Euler's takes everything as it is before the step, and so does "
            "CartPole-v1.",
            {PLACES: "places + 0.02 * (velocities + 0.02 * accelerations)"},
        ),
        Mistake(
            "half-the-square-of-the-time",
            "the places also grow by half the acceleration times the time squared. That is closer "
            "to the truth, but Euler's method leaves it out.",
            {PLACES: "places + 0.02 * velocities + 0.0002 * accelerations"},
        ),
        Mistake(
            "places-first",
            "the new places are added to the velocities. Velocities grow by accelerations.",
            {VELOCITIES: "velocities + 0.02 * new_places"},
        ),
        Mistake(
            "seconds-forgotten",
            "places and velocities change as if a whole second went by. A step is 0.02 seconds.",
            {PLACES: "places + velocities", VELOCITIES: "velocities + accelerations"},
        ),
        Mistake(
            "seconds-forgotten-in-the-places",
            "the velocities are right, but the places change as if a whole second went by. A step "
            "is 0.02 seconds.",
            {PLACES: "places + velocities"},
        ),
        Mistake(
            "seconds-forgotten-in-the-velocities",
            "the places are right, but the velocities change as if a whole second went by. A step "
            "is 0.02 seconds.",
            {VELOCITIES: "velocities + accelerations"},
        ),
        Mistake(
            "changes-alone",
            "these are the changes in 0.02 seconds. What was there before is missing.",
            {PLACES: "0.02 * velocities", VELOCITIES: "0.02 * accelerations"},
        ),
        Mistake(
            "divided-by-the-seconds",
            "the changes are divided by 0.02. In a short time little happens: multiply.",
            {
                PLACES: "places + velocities / 0.02",
                VELOCITIES: "velocities + accelerations / 0.02",
            },
        ),
        Mistake(
            "acceleration-added-to-the-place",
            "the places grow by the accelerations. They grow by the velocities; an acceleration "
            "shows in a place only through these.",
            {PLACES: "places + 0.02 * accelerations"},
        ),
        Mistake(
            "one-change-for-both",
            "the velocities grow by themselves, more and more. They grow by the accelerations.",
            {VELOCITIES: "velocities + 0.02 * velocities"},
        ),
        Mistake(
            "places-stay",
            "the places stay as they are: only the velocities change. Such a pole never falls.",
            {PLACES: "places"},
        ),
        Mistake(
            "velocities-stay",
            "the velocities stay as they are: no push has any effect.",
            {VELOCITIES: "velocities"},
        ),
        Mistake(
            "degrees",
            "the places grow as if the velocities came in radians and angles were in degrees. All "
            "angles are in radians here.",
            {PLACES: "places + 0.02 * velocities.rad2deg()"},
        ),
        Mistake(
            "backwards-in-time",
            "the changes are taken away: the world goes back in time.",
            {PLACES: "places - 0.02 * velocities", VELOCITIES: "velocities - 0.02 * accelerations"},
        ),
        Mistake(
            "push-turned-round",
            "the accelerations have the wrong sign: a push to the right makes the cart go left.",
            {VELOCITIES: "velocities - 0.02 * accelerations"},
        ),
        Mistake(
            "exchanged",
            "both are right, but the velocities come first. Return the places, then the "
            "velocities.",
            {RETURN: "return new_velocities, new_places"},
        ),
    ),
)
