"""Exercises whose checker names the mistake.

A reader writes a function and calls ``check("simple-step", step)``. The checker compares it with
a reference in float64 on inputs that it draws. If the function behaves like one of the usual
mistakes, the reader is told which; otherwise, where it first disagrees.

An exercise is a file of a lesson's room: ``scale-units`` is ``chNN/exercises/scale_units.py``::

    def scale(x, a):
        return a * x

    EXERCISE = Exercise(
        name="scale-units", title="A weight for each unit",
        takes={"x": "B H", "a": "H"}, returns={"y": "B H"}, reference=scale,
        mistakes=(Mistake("added", "a is added; should it not multiply?", lambda x, a: x + a),),
    )

The inputs are drawn from the letters in ``takes``; no two letters have the same size. The tests
then hold the new exercise to the common rules: each mistake is caught and named, and no two
mistakes behave the same. An exercise that is judged by what its answer *does* (weights set by
hand, say) overrides ``behaviour``, ``accepts``, ``alike`` and ``explain``: see
``delay_by_hand.py`` in the room of chapter 02.
"""

from rnncourse.checking.catalogue import EXERCISES
from rnncourse.checking.engine import check

__all__ = ["EXERCISES", "check"]
