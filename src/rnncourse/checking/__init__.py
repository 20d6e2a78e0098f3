"""Exercises whose checker names the mistake.

A reader writes a function and calls ``check("simple-step", step)``. The checker compares it with
a reference in float64 on inputs that it draws. If the function behaves like one of the usual
mistakes, the reader is told which; otherwise, where it first disagrees.

Who does what: ``engine`` calls a submission (in the ``sandbox``, which keeps the process's
``state``), reads its ``answers`` and gives the verdict; ``recognise`` finds the mistake, by
``edits`` of the reference's source (``changes`` makes the ``usual`` ones), by ``relations`` of the
whole answer, and ``errors`` says what an exception means; where nothing is recognised, ``locate``
says what the answer does not notice, or should not; ``words`` names axes and places.

An exercise is a file of a lesson's room: ``scale-units`` is ``chNN/exercises/scale_units.py``::

    def scale(x, a):
        return a * x

    EXERCISE = Exercise(
        name="scale-units", title="A weight for each unit",
        level="write", minutes=5, objective="02.1",
        hints=("What has the shape of y?", "Which axes do x and a share?", "Multiply."),
        notice="a (H) meets x (B, H) at its last axis: torch lines shapes up from the right.",
        takes={"x": "B H", "a": "H"}, returns={"y": "B H"}, reference=scale,
        mistakes=(Mistake("added", "a is added; should it not multiply?", {"a * x": "a + x"}),),
    )

The inputs are drawn from the letters in ``takes``; no two letters have the same size. A mistake is
what stands otherwise in the reference's source; common ones (a part left out, two exchanged, a
transpose, a sign, …) need not be listed: the checker tries them, and two at a time. The tests
then hold the new exercise to the common rules: each mistake is caught and named, and no two
mistakes behave the same. An exercise that is judged by what its answer *does* (weights set by
hand, say) overrides ``behaviour``, ``accepts``, ``alike`` and ``explain``: see
``delay_by_hand.py`` in the room of chapter 02.
"""

from rnncourse.checking.catalogue import EXERCISES
from rnncourse.checking.engine import check

__all__ = ["EXERCISES", "check"]
