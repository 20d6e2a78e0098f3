"""The networks of the book *Recurrent Neural Networks: From Simple to Gated Architectures*.

Importing it sets one torch thread, which is the fastest setting for models of this book's size on
a shared machine; set the environment variable ``RNNBOOK_THREADS`` to use more.
"""

import os

import torch

from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
from rnnbook.unroll import Recurrent

__all__ = ["GRUCell", "LSTMCell", "Recurrent", "SimpleCell"]

torch.set_num_threads(int(os.environ.get("RNNBOOK_THREADS", "1")))
