"""Chapter 21's reader: what the page carries, how it was made, and how well it reads."""

from __future__ import annotations

import pytest
import torch

from rnncourse.experiments.packing import pack_all
from rnncourse.figures import DrawADigit
from rnncourse.lessons.ch21 import reader
from rnncourse.lessons.ch21.images import Images, by_rows, digits
from rnncourse.lessons.ch21.reading import accuracy, accuracy_by_step

MOST_BYTES = 24_000
pytest.importorskip("sklearn")


def figure(**options) -> DrawADigit:
    return DrawADigit(**reader.shipped(), **options)


def test_the_file_is_small():
    assert reader.SHIPPED.stat().st_size <= MOST_BYTES
    assert len(figure().page().encode()) <= MOST_BYTES


def test_it_reads_as_well_as_it_says():
    test = digits(reader.SEED).test
    right = accuracy(reader.reader(), test, by_rows)
    assert right == pytest.approx(reader.tested(), abs=1.5 / len(test.labels))
    assert reader.tested() > 0.93


def test_after_each_row_it_knows_more():
    by_step = accuracy_by_step(reader.reader(), digits(reader.SEED).test, by_rows)
    assert by_step[0] < 0.4
    assert (by_step[1:5] > by_step[:4] + 0.05).all()


def test_what_is_packed_are_the_weights_as_rounded():
    assert pack_all(reader.reader()) == reader.shipped()["network"]["parameters"]


def test_examples_are_test_images_one_of_each_digit():
    test, examples = digits(reader.SEED).test, reader.shipped()["examples"]
    which = reader.chosen(reader.reader(), test)
    assert len(set(which)) == len(which) == len(examples)
    for k, example in zip(which, examples, strict=True):
        assert example["label"] == test.labels[k]
        pixels = torch.tensor(example["pixels"])
        assert torch.equal(pixels.view(8, 8) / reader.INK, test.pixels[k])
    assert sorted(example["label"] for example in examples) == list(range(10))
    assert [one["label"] for one in examples[1:]] == sorted(one["label"] for one in examples[1:])


def test_it_changes_its_mind_on_the_way_of_the_first():
    shown = figure()
    example = shown.examples[0]
    p = shown.read(example["pixels"])
    sure, said = p.max(dim=1)
    assert said[-1] == example["label"]
    assert sure[-1] > 0.9
    assert ((said != example["label"]) & (sure > 0.9)).any()
    for other in shown.examples[1:]:
        assert shown.read(other["pixels"])[-1].argmax() == other["label"]


def test_the_figure_reads_as_the_lesson_does():
    shown, test = figure(), digits(reader.SEED).test
    images = Images(test.pixels[:20].double(), test.labels[:20])
    with torch.no_grad():
        ours = reader.said(reader.reader().double(), images)
    for k in range(20):
        numbers = (reader.INK * images.pixels[k]).round().int()
        torch.testing.assert_close(shown.read(numbers), ours[:, k], rtol=0, atol=1e-5)


def test_shifted_by_a_pixel():
    pixels = torch.arange(24.0).view(2, 3, 4) + 1
    as_is, left, right = reader.shifted(Images(pixels, torch.tensor([7, 3]))).pixels.split(2)
    assert torch.equal(as_is, pixels)
    assert torch.equal(left[..., :3], pixels[..., 1:])
    assert torch.equal(right[..., 1:], pixels[..., :3])
    assert not left[..., 3].any()
    assert not right[..., 0].any()
    assert reader.shifted(Images(pixels, torch.tensor([7, 3]))).labels.tolist() == [7, 3] * 3


def test_it_learns_the_same_every_time_and_leaves_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again = (pack_all(reader.trained(updates=2)) for _ in range(2))
    assert torch.equal(torch.rand(1), expected)
    assert first == again
    assert first != pack_all(reader.reader())
