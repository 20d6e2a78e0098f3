"""Real data: shipped, downloaded and checked, or one's own; vocabularies, padding and batches."""

from rnnbook.data.archives import unpack
from rnnbook.data.batches import Chunk, carried_batches, stream
from rnnbook.data.kinds import KINDS, code_kinds
from rnnbook.data.music import MUSIC, Music, NextFrames, frame_loss, next_frames, polyphonic
from rnnbook.data.names import Names, country_names, split_names
from rnnbook.data.own import from_csv, from_lines, from_wavs
from rnnbook.data.padding import length_buckets, mask, pad
from rnnbook.data.registry import DATASETS, Dataset, DataUnavailable, card, fetch, tiny_shakespeare
from rnnbook.data.sound import log_mel, mel_filters, stack
from rnnbook.data.stdlib import (
    TRAINED_ON,
    Split,
    StdlibText,
    stdlib_kinds,
    stdlib_split,
    stdlib_text,
)
from rnnbook.data.vocabulary import Vocabulary, WordVocabulary
from rnnbook.data.windows import windows

__all__ = [
    "DATASETS",
    "KINDS",
    "MUSIC",
    "TRAINED_ON",
    "Chunk",
    "DataUnavailable",
    "Dataset",
    "Music",
    "Names",
    "NextFrames",
    "Split",
    "StdlibText",
    "Vocabulary",
    "WordVocabulary",
    "card",
    "carried_batches",
    "code_kinds",
    "country_names",
    "fetch",
    "frame_loss",
    "from_csv",
    "from_lines",
    "from_wavs",
    "length_buckets",
    "log_mel",
    "mask",
    "mel_filters",
    "next_frames",
    "pad",
    "polyphonic",
    "split_names",
    "stack",
    "stdlib_kinds",
    "stdlib_split",
    "stdlib_text",
    "stream",
    "tiny_shakespeare",
    "unpack",
    "windows",
]
