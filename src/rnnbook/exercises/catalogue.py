"""All exercises of the book by name, in the order of its chapters."""

from rnnbook.exercises import delay, simple_step, simple_unroll
from rnnbook.exercises.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (simple_step.EXERCISE, simple_unroll.EXERCISE, delay.EXERCISE)
}
