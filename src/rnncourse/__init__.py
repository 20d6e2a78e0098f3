"""The course around `rnnbook`: claims, exercises, experiments, pictures and figures.

It needs what the extra ``course`` brings, and says so where that is missing. Only
``python -m rnncourse doctor`` runs without it: to say what is not there.
"""

import sys
from importlib.util import find_spec

NEEDED = (
    "anywidget",
    "babel",
    "filelock",
    "IPython",
    "ipywidgets",
    "jiwer",
    "joblib",
    "matplotlib",
    "num2words",
    "pandas",
    "sacrebleu",
    "scipy",
    "sentencepiece",
    "sklearn",
    "statsmodels",
)

try:
    for name in NEEDED:
        if find_spec(name) is None:
            raise ModuleNotFoundError(name=name)
    from rnncourse.checking import check
    from rnncourse.claims import claim, ledger
except ModuleNotFoundError as missing:
    # While Python looks for the module of `-m`, this stands in its place.
    if sys.argv[:1] != ["-m"]:
        raise ModuleNotFoundError(
            f"rnncourse needs {missing.name}, which is not installed here. In the book's folder: "
            'pip install -e ".[course]"',
            name=missing.name,
        ) from missing
    __all__: list[str] = []
else:
    __all__ = ["check", "claim", "ledger"]
