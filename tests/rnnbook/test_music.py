"""Piano rolls: read, padded and scored, beside predictors that know no more than one frame."""

from __future__ import annotations

import math
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook import data
from rnnbook.baselines import note_frequencies, note_transitions
from rnnbook.data import music

# How many pieces and frames are in the parts, and what two predictors without memory make of them.
COLLECTIONS = {
    "JSB": ((229, 13807), (76, 4602), (77, 4725), 11.0925, 10.4919),
    "Nottingham": ((694, 176561), (173, 45513), (170, 44463), 10.2608, 5.1532),
    "MuseData": ((524, 245202), (135, 82755), (124, 64339), 11.5142, 8.5592),
    "Piano-midi": ((87, 75911), (12, 8540), (25, 19036), 11.0517, 8.2644),
}


def pieces(lengths, notes=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [(torch.rand(T, notes, generator=generator) < 0.4).float() for T in lengths]


LENGTHS = st.lists(st.integers(2, 6), min_size=1, max_size=4)


class TestPolyphonic:
    @pytest.mark.parametrize("name", ["JSB", "Nottingham"])
    def test_what_is_in_them(self, corpora, name):
        *counts, frequencies, transitions = COLLECTIONS[name]
        found = data.polyphonic(name)
        for part, (number, frames) in zip(found, counts, strict=True):
            assert len(part) == number
            assert sum(map(len, part)) == frames
            assert all(piece.shape[1] == 88 and piece.dtype == torch.float32 for piece in part)
            assert torch.cat(part).unique().tolist() == [0, 1]
        assert note_frequencies(found.train, found.test) == pytest.approx(frequencies, abs=1e-3)
        assert note_transitions(found.train, found.test) == pytest.approx(transitions, abs=1e-3)

    def test_a_file_of_our_own(self, tmp_path, monkeypatch):
        io = pytest.importorskip("scipy.io")
        np = pytest.importorskip("numpy")
        parts = {"traindata": pieces([3, 2]), "validdata": pieces([4]), "testdata": pieces([5, 2])}
        for name, part in parts.items():
            cells = np.empty((1, len(part)), dtype=object)
            cells[0, :] = [piece.numpy().astype("uint8") for piece in part]
            parts[name] = cells
        io.savemat(tmp_path / "JSB_Chorales.mat", parts)
        monkeypatch.setattr(music, "fetch", lambda name: tmp_path / name)
        found = data.polyphonic("JSB")
        for part, lengths in zip(found, ([3, 2], [4], [5, 2]), strict=True):
            assert all(map(torch.equal, part, pieces(lengths)))
            assert len(part) == len(lengths)

    def test_every_collection_can_be_fetched(self):
        assert set(data.MUSIC) == set(COLLECTIONS)
        for name, file in data.MUSIC.items():
            assert [found.name for found in data.card(name).files] == [file]
            train, valid, test = (pieces for pieces, _ in COLLECTIONS[name][:3])
            split = f"{train} pieces to train, {valid} to validate, {test} to test"
            assert split in data.card(name).split

    @pytest.mark.parametrize("name", ["jsb", None, ["JSB"]])
    def test_unknown_name(self, name):
        with pytest.raises(ValueError, match=r"name must be one of JSB, .*, Piano-midi, got "):
            data.polyphonic(name)

    def test_without_scipy(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "scipy.io", None)
        with pytest.raises(ModuleNotFoundError, match=r"needs scipy, .* rnnbook\[course\]"):
            data.polyphonic("JSB")


class TestNextFrames:
    @given(LENGTHS)
    def test_each_frame_stands_beside_the_next(self, lengths):
        given = pieces(lengths)
        x, target, mask = data.next_frames(given)
        assert x.shape == target.shape == (max(lengths) - 1, len(lengths), 3)
        for b, piece in enumerate(given):
            assert torch.equal(x[mask[:, b], b], piece[:-1])
            assert torch.equal(target[mask[:, b], b], piece[1:])
            assert mask[:, b].tolist() == sorted(mask[:, b].tolist(), reverse=True)

    @given(LENGTHS)
    def test_the_loss_is_that_of_every_note_summed_and_every_frame_alike(self, lengths):
        given = pieces(lengths)
        frames = data.next_frames(given)
        scores = torch.linspace(-2, 2, frames.target.numel()).view(frames.target.shape)
        losses = [
            -sum(
                math.log(1 / (1 + math.exp(-s if sounds else s)))
                for s, sounds in zip(scores[t - 1, b].tolist(), piece[t].tolist(), strict=True)
            )
            for b, piece in enumerate(given)
            for t in range(1, len(piece))
        ]
        expected = sum(losses) / len(losses)
        assert data.frame_loss(scores, frames).item() == pytest.approx(expected, rel=1e-4)

    def test_padding_never_counts(self):
        frames = data.next_frames(pieces([2, 5]))
        scores = torch.zeros(frames.target.shape, requires_grad=True)
        data.frame_loss(scores, frames).backward()
        assert (scores.grad.abs().sum(dim=-1) > 0).equal(frames.mask)
        wild = torch.where(frames.mask[..., None], torch.zeros(frames.target.shape), torch.nan)
        assert data.frame_loss(wild, frames).item() == pytest.approx(3 * math.log(2))


class TestPredictorsWithoutMemory:
    # Of the frames 2 … T, the first note sounds in 3 of 5: in 2 of 3 after a frame with it, in 1 of
    # 2 after one without. The second never sounds.
    TRAIN = ([[1, 0], [1, 0], [0, 0], [1, 0]], [[0, 0], [0, 0]], [[1, 0], [1, 0]])
    PIECES = ([[1, 0], [0, 1], [1, 0]],)

    def ours(self):
        return [[torch.tensor(p).float() for p in part] for part in (self.TRAIN, self.PIECES)]

    def test_by_hand(self):
        # The first goes and comes back; (3 + 1)/(5 + 2). The second comes and goes; 1/(5 + 2).
        expected = -(math.log(3 / 7 * 1 / 7) + math.log(4 / 7 * 6 / 7)) / 2
        assert note_frequencies(*self.ours()) == pytest.approx(expected)
        # The first was on, and goes: 1 − 3/5; was off, and comes: 2/4. The second: 1/7 after
        # silence, 1/2 after itself, which nothing is known of.
        expected = -(math.log(2 / 5 * 1 / 7) + math.log(1 / 2 * 1 / 2)) / 2
        assert note_transitions(*self.ours()) == pytest.approx(expected)

    def test_knowing_the_last_frame_helps_where_notes_are_held(self):
        held = [piece.repeat_interleave(8, dim=0) for piece in pieces([30, 30])]
        assert note_transitions(held[:1], held[1:]) < 0.6 * note_frequencies(held[:1], held[1:])

    @pytest.mark.parametrize("predictor", [note_frequencies, note_transitions])
    @pytest.mark.parametrize(
        ("train", "test", "says"),
        [
            ([], [3], r"train must hold one tensor \(T, N\) at least, got none"),
            ([3], [1, 3], r"each of pieces must have shape .* T of at least 2 .*, got \(1, 3\)"),
        ],
    )
    def test_what_is_too_little_is_named(self, predictor, train, test, says):
        with pytest.raises(ValueError, match=says):
            predictor(pieces(train), pieces(test))

    @pytest.mark.parametrize("predictor", [note_frequencies, note_transitions])
    def test_both_must_have_the_same_notes(self, predictor):
        with pytest.raises(ValueError, match=r"pieces must have N = 3 notes, .* got \(4, 5\)"):
            predictor(pieces([3]), pieces([4], notes=5))
