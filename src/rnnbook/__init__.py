"""The package behind the book *Recurrent Neural Networks: From Simple to Gated Architectures*.

Importing it sets one torch thread, which is the fastest setting for models of this book's size on
a shared machine; set the environment variable ``RNNBOOK_THREADS`` to use more.
"""

import os

try:
    import torch
except ModuleNotFoundError:  # `python -m rnnbook doctor` has to run without torch, to say so
    __all__: list[str] = []
else:
    torch.set_num_threads(int(os.environ.get("RNNBOOK_THREADS", "1")))

    from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
    from rnnbook.claims import claim, ledger
    from rnnbook.exercises import check
    from rnnbook.unroll import Recurrent

    __all__ = ["GRUCell", "LSTMCell", "Recurrent", "SimpleCell", "check", "claim", "ledger"]
