"""Interactive figures: the same JavaScript in a live notebook and on the static page.

`Figure` is what they have in common; ``js/`` holds what runs in the browser: ``engine/`` computes,
``base/`` furnishes, and each other module is one figure.
"""

from rnncourse.figures.base import Figure
from rnncourse.figures.build_gates import BuildGates
from rnncourse.figures.cart_and_pole import CartAndPole
from rnncourse.figures.cobweb import Cobweb
from rnncourse.figures.confusion_matrix import ConfusionMatrix
from rnncourse.figures.counterfactual import Counterfactual
from rnncourse.figures.draw_a_digit import DrawADigit
from rnncourse.figures.forecast import Forecast
from rnncourse.figures.gate_map import GateMap
from rnncourse.figures.how_many_tries import HowManyTries
from rnncourse.figures.lattice import Lattice
from rnncourse.figures.letter_by_letter import LetterByLetter
from rnncourse.figures.one_passage import OnePassage
from rnncourse.figures.path_splitter import PathSplitter
from rnncourse.figures.playground import Playground
from rnncourse.figures.quiz import Prediction, Quiz, Try
from rnncourse.figures.race import Race
from rnncourse.figures.recogniser import Recogniser
from rnncourse.figures.retrain import Retrain
from rnncourse.figures.step_through import StepThrough
from rnncourse.figures.ten_lamps import TenLamps
from rnncourse.figures.translator import Translator
from rnncourse.figures.unrolled_stepper import UnrolledStepper
from rnncourse.figures.write_with_it import WriteWithIt

__all__ = [
    "BuildGates",
    "CartAndPole",
    "Cobweb",
    "ConfusionMatrix",
    "Counterfactual",
    "DrawADigit",
    "Figure",
    "Forecast",
    "GateMap",
    "HowManyTries",
    "Lattice",
    "LetterByLetter",
    "OnePassage",
    "PathSplitter",
    "Playground",
    "Prediction",
    "Quiz",
    "Race",
    "Recogniser",
    "Retrain",
    "StepThrough",
    "TenLamps",
    "Translator",
    "Try",
    "UnrolledStepper",
    "WriteWithIt",
]
