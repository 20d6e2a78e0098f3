"""Networks around a recurrence, and how text is read into them and drawn from them."""

from rnnbook.models.attention import Attention
from rnnbook.models.chunks import STARTS, ChunkLoss, bits
from rnnbook.models.ctc import (
    CTCLattice,
    collapse,
    ctc_gradient,
    ctc_lattice,
    ctc_loss,
    greedy_decode,
    prefix_beam_search,
)
from rnnbook.models.decoding import Hypothesis, beam_search, sample, temper, truncate
from rnnbook.models.encoder_decoder import DecoderState, EncoderDecoder
from rnnbook.models.language_model import LanguageModel, next_token_loss

__all__ = [
    "STARTS",
    "Attention",
    "CTCLattice",
    "ChunkLoss",
    "DecoderState",
    "EncoderDecoder",
    "Hypothesis",
    "LanguageModel",
    "beam_search",
    "bits",
    "collapse",
    "ctc_gradient",
    "ctc_lattice",
    "ctc_loss",
    "greedy_decode",
    "next_token_loss",
    "prefix_beam_search",
    "sample",
    "temper",
    "truncate",
]
