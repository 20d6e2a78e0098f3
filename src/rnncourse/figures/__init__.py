"""Interactive figures: the same JavaScript in a live notebook and on the static page.

`Figure` is what they have in common; ``js/`` holds what runs in the browser: ``engine/`` computes,
``base/`` furnishes, and each other module is one figure.
"""

from rnnbook.figures.base import Figure
from rnnbook.figures.build_gates import BuildGates
from rnnbook.figures.cobweb import Cobweb
from rnnbook.figures.counterfactual import Counterfactual
from rnnbook.figures.one_passage import OnePassage
from rnnbook.figures.path_splitter import PathSplitter
from rnnbook.figures.playground import Playground
from rnnbook.figures.quiz import Quiz
from rnnbook.figures.retrain import Retrain
from rnnbook.figures.step_through import StepThrough

__all__ = [
    "BuildGates",
    "Cobweb",
    "Counterfactual",
    "Figure",
    "OnePassage",
    "PathSplitter",
    "Playground",
    "Quiz",
    "Retrain",
    "StepThrough",
]
