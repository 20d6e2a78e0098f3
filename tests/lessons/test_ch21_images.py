"""Chapter 21's images: how they are parted, read from files, ordered, and brought to 8 × 8."""

from __future__ import annotations

import gzip

import pytest
import torch
from torch import Generator

from rnnbook.data import DataUnavailable
from rnncourse.lessons.ch21 import eight_by_eight, images, trials
from rnncourse.lessons.ch21.eight_by_eight import as_digits, elsewhere, few, nine_places
from rnncourse.lessons.ch21.images import Images, by_pixels, by_rows, digits, mnist, shuffled


def numbered(count=3, rows=4, columns=5):
    """Images whose pixels are 100 · image + 10 · row + column."""
    n, r, c = torch.arange(count), torch.arange(rows), torch.arange(columns)
    return (100.0 * n[:, None, None] + 10 * r[:, None] + c).float()


class TestDigits:
    def test_what_they_are(self):
        parts = digits()
        assert [len(part.labels) for part in parts] == [1197, 300, 300]
        for pixels, labels in parts:
            assert pixels.shape == (len(labels), 8, 8)
            assert pixels.min() == 0
            assert pixels.max() == 1
            assert labels.dtype == torch.long
            assert torch.equal((16 * pixels).round(), 16 * pixels)
            assert set(labels.tolist()) == set(range(10))

    def test_each_image_is_in_one_part(self):
        whole = [tuple(row) for row in images._digits().pixels.flatten(1).tolist()]
        dealt = [tuple(row) for part in digits(3) for row in part.pixels.flatten(1).tolist()]
        assert len(set(whole)) == len(whole), "no two images are the same"
        assert sorted(dealt) == sorted(whole)

    def test_labels_go_with_their_images(self):
        def pairs(part):
            rows = (tuple(row) for row in part.pixels.flatten(1).tolist())
            return zip(rows, part.labels.tolist(), strict=True)

        label = dict(pairs(images._digits()))
        for part in digits(1):
            assert all(label[image] == one for image, one in pairs(part))

    def test_a_seed_is_a_deal(self):
        assert torch.equal(digits(4).train.pixels, digits(4).train.pixels)
        assert not torch.equal(digits(4).test.labels, digits(5).test.labels)


def idx(values: torch.Tensor) -> bytes:
    """Bytes as the files of MNIST have them."""
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    return bytes([0, 0, 8, values.dim()]) + sizes + bytes(values.flatten().tolist())


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Files like those of MNIST, of seven images and of three, and what is in them."""
    g = Generator().manual_seed(0)
    found = {}
    for part, count in (("train", 7), ("t10k", 3)):
        found[part] = torch.randint(256, (count, 28, 28), generator=g, dtype=torch.uint8)
        labels = torch.arange(count, dtype=torch.uint8)
        for name, values in (("images-idx3", found[part]), ("labels-idx1", labels)):
            path = tmp_path / f"mnist-{part}-{name}-ubyte.gz"
            path.write_bytes(gzip.compress(idx(values)))
    monkeypatch.setattr(images, "fetch", lambda name: tmp_path / name)
    forget()
    yield found
    forget()


def forget():
    for cached in (images._idx, trials._mnist, elsewhere):
        cached.cache_clear()


class TestMnist:
    def test_its_bytes_are_read(self, made_up):
        train, validation, test = mnist()
        assert torch.equal(train.pixels, made_up["train"].float() / 255)
        assert torch.equal(test.pixels, made_up["t10k"].float() / 255)
        assert train.labels.tolist() == list(range(7))
        assert test.labels.tolist() == [0, 1, 2]
        assert test.labels.dtype == torch.long
        assert validation.labels.shape == (0,)  # it begins after 55,000

    def test_half_as_many_pixels_are_means_of_four(self, made_up):
        halved = mnist(14).test.pixels
        assert halved.shape == (3, 14, 14)
        whole = made_up["t10k"].double() / 255
        for row, column in ((0, 0), (3, 9), (13, 13)):
            four = whole[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            torch.testing.assert_close(halved[:, row, column].double(), four.mean(dim=(1, 2)))

    def test_errors_are_named(self):
        with pytest.raises(ValueError, match="side must be 14 or 28, got 16"):
            mnist(16)

    def test_what_cannot_be_had_is_said(self, monkeypatch):
        def fetch(name):
            raise DataUnavailable(name)

        monkeypatch.setattr(images, "fetch", fetch)
        forget()
        with pytest.raises(DataUnavailable, match=r"mnist-train-images-idx3-ubyte\.gz"):
            mnist()

    def test_the_real_one(self, corpora):
        forget()
        train, validation, test = mnist(14)
        forget()
        assert [len(part.labels) for part in (train, validation, test)] == [55_000, 5_000, 10_000]
        assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
        assert test.labels[:5].tolist() == [7, 2, 1, 0, 4]
        assert test.pixels.shape == (10_000, 14, 14)
        assert test.pixels.mean() == pytest.approx(0.1325, abs=0.001)


class TestOrder:
    def test_a_step_is_a_row(self):
        read = by_rows(numbered())
        assert read.shape == (4, 3, 5)
        assert read[2, 1].tolist() == [120, 121, 122, 123, 124]

    def test_a_step_is_a_pixel(self):
        read = by_pixels(numbered())
        assert read.shape == (20, 3, 1)
        assert read[:, 1, 0].tolist() == [100 + 10 * r + c for r in range(4) for c in range(5)]

    def test_another_order_is_the_same_for_all_images(self):
        order = shuffled(20, 7)
        plain, read = by_pixels(numbered()), by_pixels(numbered(), order)
        for step in range(20):
            assert torch.equal(read[step], plain[order[step]])

    def test_an_order_is_a_permutation_drawn_once(self):
        assert sorted(shuffled(64).tolist()) == list(range(64))
        assert torch.equal(shuffled(64, 2), shuffled(64, 2))
        assert not torch.equal(shuffled(64, 2), shuffled(64, 3))

    @pytest.mark.parametrize("reads", [by_rows, by_pixels])
    def test_errors_are_named(self, reads):
        with pytest.raises(ValueError, match=r"pixels must have shape \(N, rows, columns\)"):
            reads(torch.zeros(8, 8))
        with pytest.raises(TypeError, match="pixels must be floats"):
            reads(torch.zeros(2, 8, 8, dtype=torch.long))


def taken(count, seed=3):
    """Which of MNIST's 55,000 are taken first."""
    return torch.randperm(55_000, generator=Generator().manual_seed(seed))[:count]


class TestEightByEight:
    def test_a_digit_fills_all_rows_and_the_middle_columns(self):
        pixels = torch.zeros(2, 28, 28)
        pixels[0, 3:11, 20:25] = 1  # a full box, wherever it is and however large
        pixels[1, 0:28, 0:28] = 1
        made = as_digits(pixels)
        assert made.shape == (2, 8, 8)
        expected = torch.tensor([0, 0.5, 1, 1, 1, 1, 0.5, 0])  # columns 6 to 25 of 32
        for one in made:
            torch.testing.assert_close(one, expected.expand(8, 8))

    def test_up_stays_up_and_left_stays_left(self):
        pixels = torch.zeros(1, 28, 28)
        pixels[0, 4:24, 8] = 1
        pixels[0, 4, 8:20] = 1  # Γ
        (made,) = as_digits(pixels)
        assert made[0, 1:7].min() > 0
        assert made[:, 1].min() > 0
        assert made[2:, 3:].max() == 0

    def test_a_lower_threshold_makes_broader_strokes(self):
        pixels = torch.zeros(1, 28, 28)
        pixels[0, 4:24, 10:18] = torch.tensor([0.3, 0.6, 1, 1, 0, 0, 1, 1])
        pixels[0, 4:24, 9] = 1
        assert as_digits(pixels, 0.2).sum() > as_digits(pixels, 0.5).sum()

    def test_a_bitmap_of_that_size_is_counted_as_it_is(self):
        """Where nothing has to be stretched, a block's brightness is its share of ink."""
        ink = torch.rand(2, 32, 20, generator=Generator().manual_seed(0)) < 0.4
        ink[:, 0, 0] = ink[:, -1, -1] = True  # it reaches all four edges
        pixels = torch.zeros(2, 50, 60)
        pixels[:, 7:39, 11:31] = ink.float()
        bitmap = torch.zeros(2, 32, 32)
        bitmap[:, :, 6:26] = ink.float()
        counts = bitmap.unflatten(1, (8, 4)).unflatten(3, (8, 4)).sum(dim=(2, 4))
        torch.testing.assert_close(as_digits(pixels, 0.5), counts / 16)

    def test_nine_places(self):
        one = Images(numbered(2, 8, 8) + 1, torch.tensor([4, 7]))
        nine = nine_places(one)
        assert nine.labels.tolist() == [4, 7] * 9
        assert torch.equal(nine.pixels[8:10], one.pixels)  # the middle one of nine
        lower_right = nine.pixels[:2]
        assert torch.equal(lower_right[:, 1:, 1:], one.pixels[:, :-1, :-1])
        assert lower_right[:, 0].abs().max() == lower_right[:, :, 0].abs().max() == 0
        assert torch.equal(nine.pixels[-2:, :-1, :-1], one.pixels[:, 1:, 1:])
        assert len({tuple(image.flatten().tolist()) for image in nine.pixels}) == 18

    def test_images_of_either_corpus(self, made_up):
        assert elsewhere("mnist").pixels.shape == (3, 8, 8)
        assert elsewhere("mnist").labels.tolist() == [0, 1, 2]
        assert torch.equal(elsewhere("digits").labels, digits().test.labels)

    def test_a_few_to_train_with(self, corpora):
        forget()
        parts, train = few("mnist", 3), mnist().train
        forget()
        assert [len(part.labels) for part in parts] == [1197, 300, 10_000]
        assert parts.train.pixels.shape == (1197, 8, 8)
        labels = torch.bincount(torch.cat([parts.train.labels, parts.validation.labels]))
        assert torch.equal(labels, torch.bincount(train.labels[taken(1497)]))
        assert torch.equal(parts.train.pixels, as_digits(train.pixels[taken(1197)]))

    def test_a_few_without_a_download(self):
        parts = few("digits", 3)
        assert torch.equal(parts.train.labels, digits(3).train.labels)
        assert torch.equal(parts.validation.pixels, as_digits(digits(3).validation.pixels))
        with pytest.raises(ValueError, match="corpus must be one of mnist, digits, got 'usps'"):
            few("usps", 0)

    def test_as_much_ink(self, corpora):
        """The threshold is what its comment says."""
        forget()
        ours = as_digits(mnist().train.pixels[:5000], eight_by_eight.INK).mean()
        forget()
        assert ours == pytest.approx(images._digits().pixels.mean().item(), abs=0.005)

    def test_errors_are_named(self):
        with pytest.raises(ValueError, match="pixels must have ink in every image, got 2 without"):
            as_digits(torch.zeros(2, 28, 28))
        with pytest.raises(ValueError, match=r"threshold must be a number in \(0, 1\], got 2"):
            as_digits(torch.ones(1, 28, 28), 2)
        with pytest.raises(ValueError, match="pixels must have shape"):
            as_digits(torch.ones(28, 28))
        with pytest.raises(ValueError, match="corpus must be one of mnist, digits, got 'usps'"):
            elsewhere("usps")


class TestTrials:
    def test_parts(self, made_up):
        found = trials.parts("mnist", 0, 14, tested=2)
        assert found.train.pixels.shape == (7, 14, 14)
        assert found.test.labels.tolist() == [0, 1]
        found = trials.parts("digits", 3)
        assert torch.equal(found.test.pixels, digits(3).test.pixels)
        with pytest.raises(ValueError, match="corpus must be one of mnist, digits, got 'usps'"):
            trials.parts("usps", 0)
