"""Piano rolls: read, padded and scored."""

from __future__ import annotations

import math
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook import data
from rnnbook.data import music

# How many pieces and frames are in the parts.
COLLECTIONS = {
    "JSB": ((229, 13807), (76, 4602), (77, 4725)),
    "Nottingham": ((694, 176561), (173, 45513), (170, 44463)),
    "MuseData": ((524, 245202), (135, 82755), (124, 64339)),
    "Piano-midi": ((87, 75911), (12, 8540), (25, 19036)),
}


def pieces(lengths, notes=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [(torch.rand(T, notes, generator=generator) < 0.4).float() for T in lengths]


LENGTHS = st.lists(st.integers(2, 6), min_size=1, max_size=4)


class TestPolyphonic:
    @pytest.mark.parametrize("name", ["JSB", "Nottingham"])
    def test_what_is_in_them(self, corpora, name):
        found = data.polyphonic(name)
        for part, (number, frames) in zip(found, COLLECTIONS[name], strict=True):
            assert len(part) == number
            assert sum(map(len, part)) == frames
            assert all(piece.shape[1] == 88 and piece.dtype == torch.float32 for piece in part)
            assert torch.cat(part).unique().tolist() == [0, 1]

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
            train, valid, test = (pieces for pieces, _ in COLLECTIONS[name])
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
