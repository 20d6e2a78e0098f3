"""The published table: noise that the weights forget, epochs in which each piece comes once."""

from __future__ import annotations

import pytest
import torch

from rnnbook.data import frame_loss, next_frames
from rnncourse.experiments.music import BATCH_SIZE, Shuffled, collection, measure_on
from rnncourse.lessons.ch11.experiments import chung
from rnncourse.lessons.ch11.networks import LAYERS, Network


@pytest.fixture(scope="module")
def made_up():
    return collection("made up")


def test_an_epoch_has_every_piece_once_and_no_two_are_alike(made_up):
    pieces = made_up.train
    assert len(pieces) == 20
    # By the first frame a piece is known: no two begin alike.
    names = {tuple(piece[0].tolist()): number for number, piece in enumerate(pieces)}
    assert len(names) == len(pieces)
    draw, generator = Shuffled(pieces), torch.Generator().manual_seed(0)
    epochs = []
    for _ in range(12):
        batches = [draw(generator).x for _ in range(2)]
        assert sorted(x.shape[1] for x in batches) == [4, 16]
        epochs.append([frozenset(names[tuple(f.tolist())] for f in x[0]) for x in batches])
        assert sorted(n for batch in epochs[-1] for n in batch) == list(range(20))
    assert len({frozenset(epoch) for epoch in epochs}) > 1


def test_little_of_a_batch_is_padding(made_up):
    pieces = [piece[:T] for T in range(2, 12) for piece in made_up.train if len(piece) > T]
    draw, generator = Shuffled(pieces), torch.Generator().manual_seed(0)
    masks = [draw(generator).mask for _ in range(-(-len(pieces) // BATCH_SIZE))]
    read = sum(mask.sum() for mask in masks) / sum(mask.numel() for mask in masks)
    whole = next_frames(pieces).mask
    assert read > 0.8 > 0.6 > whole.double().mean()


@pytest.mark.parametrize("cell", LAYERS)
def test_noise_is_on_every_weight_and_the_weights_forget_it(cell, made_up, monkeypatch):
    """The loss and its gradient are those of a network that has the noise for good."""
    monkeypatch.setattr(chung, "NOISE", 0.5)
    torch.manual_seed(0)
    model, frames = Network(cell, 88, 5, 88), next_frames(made_up.train[:4])
    before = [weight.detach().clone() for weight in model.parameters()]
    torch.manual_seed(1)
    loss = chung.noisy_loss(model, frames)
    loss.backward()
    assert all(map(torch.equal, model.parameters(), before))
    other = Network(cell, 88, 5, 88)
    torch.manual_seed(1)
    with torch.no_grad():
        for weight, clean in zip(other.parameters(), before, strict=True):
            weight.copy_(clean + chung.NOISE * torch.randn_like(clean))
    there = frame_loss(other(frames.x), frames)
    there.backward()
    assert loss.item() == pytest.approx(there.item())
    assert loss.item() != pytest.approx(frame_loss(model(frames.x), frames).item(), rel=1e-2)
    for ours, theirs in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_collection_is_measured_frame_by_frame(made_up):
    torch.manual_seed(0)
    model = Network("gru", 88, 5, 88)
    with torch.no_grad():
        one_by_one = [
            frame_loss(model(frames.x), frames).item()
            for frames in (next_frames([piece]) for piece in made_up.test)
        ]
    counts = [len(piece) - 1 for piece in made_up.test]
    expected = sum(n * loss for n, loss in zip(counts, one_by_one, strict=True)) / sum(counts)
    assert measure_on(made_up.test)(model) == pytest.approx(expected)


def test_the_weights_that_did_best_on_validation_are_measured():
    """Ten epochs of notes by chance: what is left is no worse than what was there on the way."""
    found = chung.run(0, "made up", "lstm", 0.01, epochs=10)
    assert found["epochs"] == 10
    assert found["validation"] <= chung.run(0, "made up", "lstm", 0.01, epochs=3)["validation"]


def test_a_run_that_diverges_is_infinitely_bad(monkeypatch):
    monkeypatch.setattr(chung, "NOISE", torch.inf)
    found = chung.run(0, "made up", "simple", 0.01, epochs=1)
    assert {found[part] for part in ("validation", "test", "train")} == {torch.inf}
