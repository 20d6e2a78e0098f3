"""Real data: what ships with Python, downloads checked by hash, vocabularies and batches."""

from rnnbook.data.batches import Chunk, carried_batches, stream
from rnnbook.data.kinds import KINDS, code_kinds
from rnnbook.data.music import MUSIC, Music, NextFrames, frame_loss, next_frames, polyphonic
from rnnbook.data.registry import CORPORA, Corpus, DataUnavailable, fetch, tiny_shakespeare
from rnnbook.data.stdlib import (
    TRAINED_ON,
    Split,
    StdlibText,
    stdlib_kinds,
    stdlib_split,
    stdlib_text,
)
from rnnbook.data.vocabulary import Vocabulary
from rnnbook.data.windows import windows

__all__ = [
    "CORPORA",
    "KINDS",
    "MUSIC",
    "TRAINED_ON",
    "Chunk",
    "Corpus",
    "DataUnavailable",
    "Music",
    "NextFrames",
    "Split",
    "StdlibText",
    "Vocabulary",
    "carried_batches",
    "code_kinds",
    "fetch",
    "frame_loss",
    "next_frames",
    "polyphonic",
    "stdlib_kinds",
    "stdlib_split",
    "stdlib_text",
    "stream",
    "tiny_shakespeare",
    "windows",
]
