"""The networks of the book *Recurrent Neural Networks: From Simple to Gated Architectures*.

Importing it sets one torch thread, which is the fastest setting for models of this book's size on
a shared machine; set the environment variable ``RNNBOOK_THREADS`` to use more.
"""

import os
import warnings

import torch

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.unroll import Recurrent

__all__ = ["GRUCell", "LSTMCell", "Recurrent", "SimpleCell"]


def threads() -> int:
    """How many torch threads ``RNNBOOK_THREADS`` asks for: 1 where it is not set.

    Raises:
        ValueError: if it is no number of threads.
    """
    text = os.environ.get("RNNBOOK_THREADS", "1")
    if not (text.strip().isdecimal() and 1 <= int(text) <= 1024):
        raise ValueError(f"RNNBOOK_THREADS must be a number of threads such as 2, got {text!r}")
    return int(text)


try:
    torch.set_num_threads(threads())
except ValueError as error:
    warnings.warn(f"{error}: taking one", stacklevel=2)
    torch.set_num_threads(1)
