"""Networks around a recurrence, and how text is read into them and drawn from them."""

from rnnbook.models.answers import MemoryNet, WindowNet, learn
from rnnbook.models.attention import Attention
from rnnbook.models.chunks import STARTS, ChunkLoss, bits
from rnnbook.models.decoding import Hypothesis, beam_search, sample, temper, truncate
from rnnbook.models.encoder_decoder import DecoderState, EncoderDecoder
from rnnbook.models.language_model import LanguageModel, next_token_loss

__all__ = [
    "STARTS",
    "Attention",
    "ChunkLoss",
    "DecoderState",
    "EncoderDecoder",
    "Hypothesis",
    "LanguageModel",
    "MemoryNet",
    "WindowNet",
    "beam_search",
    "bits",
    "learn",
    "next_token_loss",
    "sample",
    "temper",
    "truncate",
]
