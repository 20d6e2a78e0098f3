"""How ``voices.npz`` was made: eSpeak NG says the digits, each voice each digit once.

Nobody needs this to read the book or to run it. eSpeak NG does not give the same samples at each
call, and so what it gave once is kept. To make another such file::

    pip install espeakng-loader
    python -m rnncourse.lessons.ch19.synthesise

espeakng-loader 0.2.4 was used, which brings the library eSpeak NG 1.52.0. That is free software
under the GNU General Public License, version 3 or later, and no part of this book; the file has
recordings of what it said.

The library is called through ctypes, and the constants below are those of its ``speak_lib.h``. It
gives 16 bits at 22,050 Hz. Of that, 8,000 Hz are made (a polyphase filter), silence is cut off at
both ends, the loudest sample becomes 1 and each sample a byte in μ-law.
"""

from __future__ import annotations

import ctypes
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import numpy as np

from rnncourse.lessons.ch19.recordings import HELD_OUT, RATE

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VOICES = {
    "en-us": (160, 50),
    "en-us+f1": (175, 55),
    "en-us+f4": (190, 50),
    "en-us+m3": (150, 35),
    "en-us+m6": (200, 55),
    "en-us+croak": (170, 50),
    "en-us+whisper": (165, 50),
    "en-us-nyc+m4": (175, 60),
    "en-029+m2": (165, 40),
    "en-029+f5": (185, 50),
    "en+f2": (165, 45),
    "en+m7": (170, 60),
    "en-gb-x-rp+f3": (195, 60),
    "en-gb-scotland": (155, 45),
    "en-gb-scotland+f4": (180, 65),
    "en-us+f2": (175, 60),
    "en+m5": (160, 45),
}
"""Words a minute and pitch (0 to 99, normally 50) of each voice: a language and, after the plus,
one of the library's variants."""
SYNCHRONOUS, RATE_PARAMETER, PITCH_PARAMETER, UTF8 = 2, 1, 3, 1
QUIET = 0.01
"""Of the loudest sample: what is softer at the ends is cut off."""


class Synthesiser:
    """The library, ready to speak."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        folder = espeakng_loader.get_data_path().encode()
        self.rate: int = self._library.espeak_Initialize(SYNCHRONOUS, 0, folder, 0)
        if self.rate <= 0:
            raise RuntimeError(f"eSpeak NG must start with the data in {folder!r}, and did not")
        self._pieces: list[np.ndarray] = []
        shorts = ctypes.POINTER(ctypes.c_short)
        callback = ctypes.CFUNCTYPE(ctypes.c_int, shorts, ctypes.c_int, ctypes.c_void_p)
        self._heard = callback(self._hear)  # kept, or it would be gone when it is called
        self._library.espeak_SetSynthCallback(self._heard)

    def say(self, text: str, voice: str, speed: int, pitch: int) -> np.ndarray:
        """Samples in [−1, 1], shape (T), ``rate`` a second."""
        self._pieces.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"voice must be one of eSpeak NG's, got {voice!r}")
        self._library.espeak_SetParameter(RATE_PARAMETER, speed, 0)
        self._library.espeak_SetParameter(PITCH_PARAMETER, pitch, 0)
        said = text.encode()
        size = ctypes.c_size_t(len(said) + 1)
        self._library.espeak_Synth(said, size, 0, 1, 0, UTF8, None, None)
        return np.concatenate(self._pieces) / 2**15

    def _hear(self, wave: ctypes._Pointer[ctypes.c_short], count: int, events: int | None) -> int:
        if wave and count > 0:
            self._pieces.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0  # go on


def recorded(samples: np.ndarray, rate: int) -> np.ndarray:
    """Samples at ``RATE``, without the silence around them and with 1 as the loudest."""
    from scipy.signal import resample_poly

    found = resample_poly(samples, RATE, rate)
    loud = np.abs(found) / np.abs(found).max()
    first, *_, last = np.flatnonzero(loud > QUIET)
    return found[first : last + 1] / np.abs(found).max()


def compress(samples: np.ndarray) -> np.ndarray:
    """Samples in [−1, 1] as bytes in μ-law, which ``recordings.expand`` undoes."""
    y = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
    return np.round(127.5 * (y + 1)).astype(np.uint8)


def main() -> None:
    """Write ``voices.npz`` beside this file."""
    speaker = Synthesiser()
    codes = [
        compress(recorded(speaker.say(word, voice, speed, pitch), speaker.rate))
        for voice, (speed, pitch) in VOICES.items()
        for word in WORDS
    ]
    lengths = np.array([len(one) for one in codes], dtype=np.int32).reshape(len(VOICES), -1)
    path = Path(__file__).with_name("voices.npz")
    arrays = {"codes": np.concatenate(codes), "lengths": lengths, "voices": np.array(list(VOICES))}
    with ZipFile(path, "w") as file:  # np.load reads it, and it is a seventh smaller
        for name, array in arrays.items():
            raw = BytesIO()
            np.save(raw, array, allow_pickle=False)
            file.writestr(ZipInfo(f"{name}.npy"), raw.getvalue(), ZIP_LZMA)  # with no date
    print(f"{path.name}: {path.stat().st_size:,} bytes, {len(VOICES)} voices")
    print(f"held out: {', '.join(HELD_OUT)}")


if __name__ == "__main__":
    main()
