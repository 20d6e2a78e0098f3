"""Networks around a recurrence, and how text is drawn from them."""

from rnnbook.models.answers import MemoryNet, WindowNet, learn
from rnnbook.models.decoding import sample, temper
from rnnbook.models.language_model import LanguageModel, next_token_loss

__all__ = [
    "LanguageModel",
    "MemoryNet",
    "WindowNet",
    "learn",
    "next_token_loss",
    "sample",
    "temper",
]
