"""The exercises of chapter 21: right answers in other words, and mistakes in other words."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_file, load_quiz
from rnncourse.figures.quiz import Quiz
from rnncourse.lessons.ch21.images import by_pixels, by_rows, digits

NAMES = ("rows-as-steps", "one-order-for-all", "probe-after-each-row")
MISTAKES = [
    pytest.param(name, mistake, id=f"{name}-{mistake.name}")
    for name in NAMES
    for mistake in EXERCISES[name].mistakes
]


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_mistake_is_caught_and_named(name, mistake):
    exercise = EXERCISES[name]
    verdict = engine.judge(exercise, exercise.version(mistake))
    assert (verdict.kind, verdict.mistake) == ("failed", mistake.name), verdict.sentence
    assert verdict.sentence == mistake.sentence


# Right answers in other words


def stacked(images):
    rows = torch.stack([images[:, r] for r in range(images.shape[1])])
    pixels = torch.stack([images[:, r, c] for r, c in np.ndindex(*images.shape[1:])])
    return rows, pixels.unsqueeze(-1)


def with_einsum(images):
    rows = torch.einsum("nrc->rnc", images)
    return rows, torch.einsum("nrc->rcn", images).reshape(-1, len(images), 1)


def with_numpy(images):
    a = images.numpy()
    return a.swapaxes(0, 1).copy(), a.reshape(len(a), -1).T[..., None].copy()


def filled(images):
    N, R, C = images.shape
    rows, pixels = torch.zeros(R, N, C), torch.zeros(R * C, N, 1)
    for r in range(R):
        for c in range(C):
            rows[r, :, c] = images[:, r, c]
            pixels[r * C + c, :, 0] = images[:, r, c]
    return rows, pixels


def pixels_of_the_rows(images):
    rows = images.permute(1, 0, 2)
    return rows, rows.permute(0, 2, 1).flatten(0, 1)[..., None]


def drawn_once(train, test, seed):
    generator = torch.Generator().manual_seed(int(seed))
    order = torch.randperm(train.shape[1] * train.shape[2], generator=generator)

    def reordered(images):
        return images.reshape(len(images), -1)[:, order].reshape(images.shape)

    return reordered(train), reordered(test)


def seeded_for_each_part(train, test, seed):
    parts = []
    for images in (train, test):
        generator = torch.Generator().manual_seed(seed.item())
        order = torch.randperm(images[0].numel(), generator=generator)
        parts.append(images.flatten(1).index_select(1, order).unflatten(1, images.shape[1:]))
    return tuple(parts)


def both_at_once(train, test, seed):
    order = torch.randperm(train[0].numel(), generator=torch.Generator().manual_seed(int(seed)))
    both = torch.cat([train, test])
    both = both.flatten(1).T[order].T.reshape(both.shape)
    return both[: len(train)], both[len(train) :]


def image_by_image(train, test, seed):
    torch.random.manual_seed(seed)  # as torch.manual_seed; the checker puts the state back
    order = torch.randperm(train[0].numel())
    return tuple(
        torch.stack([one.flatten()[order].view_as(one) for one in part]) for part in (train, test)
    )


def ones_beside(states):
    return F.pad(states, (0, 1), value=1.0)


def by_least_squares(states, labels, new_states, new_labels):
    wanted = F.one_hot(labels).double().expand(len(states), -1, -1)
    weights = torch.linalg.lstsq(ones_beside(states), wanted, driver="gelsd").solution
    said = (ones_beside(new_states) @ weights).argmax(dim=2)
    return (said == new_labels).double().mean(dim=1)


def by_normal_equations(states, labels, new_states, new_labels):
    shares = []
    for t in range(len(states)):
        x, y = ones_beside(states[t]), F.one_hot(labels, 10).double()
        W = torch.linalg.inv(x.T @ x) @ x.T @ y
        guessed = (ones_beside(new_states[t]) @ W).max(dim=1).indices
        shares.append(guessed.eq(new_labels).sum().item() / len(new_labels))
    return shares


def scaled_by_the_known(states, labels, new_states, new_labels):
    m, s = states.mean(dim=1, keepdim=True), states.std(dim=1, keepdim=True)
    return by_least_squares((states - m) / s, labels, (new_states - m) / s, new_labels)


def about_the_means(states, labels, new_states, new_labels):
    """The bias as what is left when both sides are taken less their means."""
    y, accuracy = F.one_hot(labels, 10).double(), []
    for known, new in zip(states, new_states, strict=True):
        W = torch.linalg.pinv(known - known.mean(dim=0)) @ (y - y.mean(dim=0))
        scores = (new - known.mean(dim=0)) @ W + y.mean(dim=0)
        accuracy.append((scores.argmax(dim=1) == new_labels).double().mean())
    return torch.stack(accuracy)


def wanted_plus_and_minus_one(states, labels, new_states, new_labels):
    wanted = 2 * F.one_hot(labels, 10).double() - 1
    W = torch.linalg.pinv(ones_beside(states)) @ wanted
    return ((ones_beside(new_states) @ W).argmax(-1) == new_labels).double().mean(-1)


def in_single_precision(states, labels, new_states, new_labels):
    accuracy = []
    for known, new in zip(states, new_states, strict=True):
        W = torch.linalg.pinv(ones_beside(known)) @ F.one_hot(labels, 10).float()
        right = (ones_beside(new) @ W).argmax(dim=1) == new_labels
        accuracy.append(right.float().mean())
    return torch.stack(accuracy)


RIGHT = [
    ("rows-as-steps", stacked),
    ("rows-as-steps", with_einsum),
    ("rows-as-steps", with_numpy),
    ("rows-as-steps", filled),
    ("rows-as-steps", pixels_of_the_rows),
    ("rows-as-steps", lambda images: (by_rows(images), by_pixels(images))),
    ("one-order-for-all", drawn_once),
    ("one-order-for-all", seeded_for_each_part),
    ("one-order-for-all", both_at_once),
    ("one-order-for-all", image_by_image),
    ("probe-after-each-row", by_least_squares),
    ("probe-after-each-row", by_normal_equations),
    ("probe-after-each-row", scaled_by_the_known),
    ("probe-after-each-row", about_the_means),
    ("probe-after-each-row", wanted_plus_and_minus_one),
    ("probe-after-each-row", in_single_precision),
]


@pytest.mark.parametrize(("name", "function"), RIGHT)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


# Mistakes in other words


def viewed(images):
    N, R, C = images.shape
    return images.view(R, N, C), images.view(R * C, N, 1)


def only_rows_viewed(images):
    N, R, C = images.shape
    return images.contiguous().view(R, N, C), by_pixels(images)


def columns_stacked(images):
    return torch.stack(images.unbind(2)), by_pixels(images)


def walked_down(images):
    return by_rows(images), torch.cat([column.T for column in images.unbind(2)])[..., None]


def from_below(images):
    return torch.stack(images.unbind(1)[::-1]), by_pixels(images)


def one_long_sequence(images):
    return by_rows(images), images.flatten()[:, None, None]


def without_the_last_axis(images):
    return by_rows(images), images.reshape(len(images), -1).T


def the_colleagues(train, test, seed):
    generator = torch.Generator().manual_seed(int(seed))
    parts = []
    for images in (train, test):
        pixels = images.flatten(1)
        order = torch.randperm(pixels.shape[1], generator=generator)
        parts.append(pixels[:, order].view(images.shape))
    return parts[0], parts[1]


def anew_for_each(train, test, seed):
    generator = torch.Generator().manual_seed(int(seed))

    def mixed(one):
        return one.flatten()[torch.randperm(one.numel(), generator=generator)].view_as(one)

    return tuple(torch.stack([mixed(one) for one in part]) for part in (train, test))


def order_of(images, seed):
    generator = torch.Generator().manual_seed(int(seed))
    return torch.randperm(images[0].numel(), generator=generator)


def put_where_it_says(train, test, seed):
    new = []
    for images in (train, test):
        moved = torch.zeros_like(images).flatten(1)
        moved[:, order_of(train, seed)] = images.flatten(1)
        new.append(moved.view(images.shape))
    return tuple(new)


def undone_in_the_test(train, test, seed):
    first, _ = drawn_once(train, test, seed)
    return first, put_where_it_says(train, test, seed)[1]


def seed_after_seed(train, test, seed):
    return drawn_once(train, train, seed)[0], drawn_once(test, test, seed + 1)[0]


def columns_change_places(train, test, seed):
    generator = torch.Generator().manual_seed(int(seed))
    order = torch.randperm(train.size(2), generator=generator)
    return train[:, :, order], test[:, :, order]


def without_a_generator(train, test, seed):
    order = torch.randperm(train[0].numel())
    return tuple(part.flatten(1)[:, order].view_as(part) for part in (train, test))


def fitted_where_tested(states, labels, new_states, new_labels):
    return by_least_squares(new_states, new_labels, new_states, new_labels)


def known_read_again(states, labels, new_states, new_labels):
    return by_least_squares(states, labels, states, labels)


def the_last_rows_readout(states, labels, new_states, new_labels):
    W = torch.linalg.pinv(ones_beside(states[-1])) @ F.one_hot(labels, 10).double()
    return ((ones_beside(new_states) @ W).argmax(dim=2) == new_labels).double().mean(dim=1)


def all_rows_thrown_together(states, labels, new_states, new_labels):
    wanted = F.one_hot(labels, 10).double().repeat(len(states), 1)
    W = torch.linalg.pinv(ones_beside(states).flatten(0, 1)) @ wanted
    return ((ones_beside(new_states) @ W).argmax(dim=2) == new_labels).double().mean(dim=1)


def without_a_bias(states, labels, new_states, new_labels):
    W = torch.linalg.pinv(states) @ F.one_hot(labels, 10).double()
    return ((new_states @ W).argmax(dim=2) == new_labels).double().mean(dim=1)


def a_digit_as_a_number(states, labels, new_states, new_labels):
    W = torch.linalg.pinv(ones_beside(states)) @ labels.double()[:, None]
    said = (ones_beside(new_states) @ W).squeeze(-1).round()
    return (said == new_labels).double().mean(dim=1)


def each_scaled_by_itself(states, labels, new_states, new_labels):
    def scaled(x):
        return (x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, keepdim=True)

    return by_least_squares(scaled(states), labels, scaled(new_states), new_labels)


def argmax_over_the_images(states, labels, new_states, new_labels):
    W = torch.linalg.pinv(ones_beside(states)) @ F.one_hot(labels, 10).double()
    return torch.stack([
        ((ones_beside(new) @ w).argmax(0) == new_labels).double().mean()
        for new, w in zip(new_states, W, strict=True)
    ])  # fmt: skip


def never_converted(states, labels, new_states, new_labels):
    y = F.one_hot(labels, 10)
    fits = [torch.linalg.pinv(ones_beside(known)) @ y for known in states]
    return len(fits) * [1.0]


WRONG = [
    ("rows-as-steps", "both-reshaped", viewed),
    ("rows-as-steps", "rows-reshaped", only_rows_viewed),
    ("rows-as-steps", "columns-for-rows", columns_stacked),
    ("rows-as-steps", "pixels-down-the-columns", walked_down),
    ("rows-as-steps", "bottom-up", from_below),
    ("rows-as-steps", "one-sequence-of-all", one_long_sequence),
    ("rows-as-steps", "no-axis-for-the-one-number", without_the_last_axis),
    ("one-order-for-all", "as-it-was", the_colleagues),
    ("one-order-for-all", "new-for-each-image", anew_for_each),
    ("one-order-for-all", "inverse", put_where_it_says),
    ("one-order-for-all", "inverse-in-the-test", undone_in_the_test),
    ("one-order-for-all", "another-seed-for-the-test", seed_after_seed),
    ("one-order-for-all", "within-rows-only", columns_change_places),
    ("one-order-for-all", "not-from-the-seed", without_a_generator),
    ("probe-after-each-row", "fitted-on-the-new", fitted_where_tested),
    ("probe-after-each-row", "tested-on-the-known", known_read_again),
    ("probe-after-each-row", "last-rows-probe", the_last_rows_readout),
    ("probe-after-each-row", "one-probe-for-all-rows", all_rows_thrown_together),
    ("probe-after-each-row", "no-bias", without_a_bias),
    ("probe-after-each-row", "labels-as-numbers", a_digit_as_a_number),
    ("probe-after-each-row", "each-part-by-its-own-mean", each_scaled_by_itself),
    ("probe-after-each-row", "largest-over-the-images", argmax_over_the_images),
    ("probe-after-each-row", "whole-numbers-wanted", never_converted),
]


@pytest.mark.parametrize(("name", "mistake", "function"), WRONG)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


def test_two_slips_are_told_apart():
    def twice(images):
        return images.flip(2).transpose(0, 1), images.reshape(-1, len(images), 1)

    verdict = engine.judge(EXERCISES["rows-as-steps"], twice)
    assert verdict.mistake == "two-changes"
    for slip in ("each row is turned round", "made of several images' pixels"):
        assert slip in verdict.sentence


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("rows-as-steps", lambda images: None),
        ("one-order-for-all", lambda train, test, seed: (..., ...)),
        ("probe-after-each-row", lambda states, labels, new_states, new_labels: None),
    ],
)
def test_the_pages_stub_is_not_attempted_yet(name, stub):
    verdict = engine.judge(EXERCISES[name], stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


def test_a_wrong_number_of_pixels_is_told():
    verdict = engine.judge(
        EXERCISES["rows-as-steps"], lambda images: (by_rows(images), by_pixels(images)[:5].exp())
    )
    assert "pixels has shape (5, 7, 1); expected (P, N, 1) = (12, 7, 1)." in verdict.sentence


class TestWhatIsDrawn:
    def test_no_order_stays_or_is_its_own_inverse(self):
        for train, _, seed in EXERCISES["one-order-for-all"].trials:
            order = order_of(train, seed)
            assert (order != order.argsort()).any()
            assert len(order) > 2

    def test_every_digit_is_known_and_states_tell_more_and_more(self):
        exercise = EXERCISES["probe-after-each-row"]
        for states, labels, _, new_labels in exercise.trials[:5]:
            assert set(new_labels.tolist()) <= set(labels.tolist())
            assert len(labels) > states.shape[2] + 1
        accuracy = exercise.reference(*exercise.trials[0])
        assert accuracy[-1] > accuracy[0] + 0.2

    def test_no_score_is_nearly_a_tie(self):
        """So that another way to the same weights gives the same answers."""
        for states, labels, new_states, _ in EXERCISES["probe-after-each-row"].trials:
            W = torch.linalg.pinv(ones_beside(states)) @ F.one_hot(labels, 10).double()
            best = (ones_beside(new_states) @ W).topk(2, dim=2).values
            assert (best[..., 0] - best[..., 1]).min() > 1e-5


def test_two_orders_leave_a_linear_layer_a_guess():
    """What the page's text says of the colleague's images, and what remains when it is mended."""
    probe, train, test = EXERCISES["probe-after-each-row"].reference, *digits(0)[::2]

    def right(change, images):
        known, new = change(train.pixels, test.pixels, torch.tensor(0))
        read, labels = (known, train.labels) if images is train else (new, test.labels)
        shown = (known.flatten(1)[None], train.labels, read.flatten(1)[None], labels)
        return probe(*shown).item()

    assert right(the_colleagues, train) > 0.9
    assert right(the_colleagues, test) < 0.2
    mended = EXERCISES["one-order-for-all"].reference
    assert right(mended, test) > 0.9
    as_they_are = right(lambda train, test, _: (train, test), test)
    assert right(mended, test) == pytest.approx(as_they_are, abs=0.01)


# The exercises are the book's own functions, in small


def test_the_sequences_are_the_lessons():
    for (images,) in EXERCISES["rows-as-steps"].trials:
        rows, pixels = EXERCISES["rows-as-steps"].reference(images)
        assert torch.equal(rows, by_rows(images))
        assert torch.equal(pixels, by_pixels(images))


def test_the_order_is_read_as_the_lesson_reads_it():
    for train, test, seed in EXERCISES["one-order-for-all"].trials:
        new = EXERCISES["one-order-for-all"].reference(train, test, seed)
        for images, shuffled in zip((train, test), new, strict=True):
            assert torch.equal(by_pixels(shuffled), by_pixels(images, order_of(train, seed)))


# The quiz


def asked(name):
    return {one.id: one for one in (*load_quiz("21"), *load_file("21").tries)}[name]


def test_from_how_many_images_a_reshaped_sequence_comes():
    number = torch.arange(64)[:, None, None].expand(64, 8, 8)
    question = asked("mixed-by-reshape")
    assert "images.reshape(8, 64, 8)" in question.text
    assert question.answer == len(number.reshape(8, 64, 8)[:, 0].unique())
    right = len(number.transpose(0, 1)[:, 0].unique())
    assert [one.answer for one in question.mistakes] == [right, 64, 2]


def test_which_calls_give_rows():
    images = torch.randn(5, 28, 28, generator=torch.Generator().manual_seed(0))
    for option in asked("rows-or-columns").options:
        (call,) = re.findall("<code>(.*)</code>", option.text)
        made = eval(call, {"torch": torch, "images": images})
        assert made.shape == (28, 5, 28)
        assert option.right == torch.equal(made, by_rows(images)), call


def test_how_many_steps_below_a_pixel_lies():
    places = torch.zeros(1, 28, 28)
    places[0, 2, 5], places[0, 3, 5], places[0, 2, 6], places[0, 3, 6] = 1, 2, 3, 4
    step = [int((by_pixels(places) == k).flatten().nonzero()) for k in range(1, 5)]
    question = asked("pixel-below")
    assert question.answer == step[1] - step[0]
    wrong = [step[1] - step[0] - 1, step[2] - step[0], 28 * 28, step[3] - step[0]]
    assert [one.answer for one in question.mistakes] == wrong


def test_the_quiz_is_short_enough_and_asks_for_every_goal():
    questions = load_quiz("21")
    assert len(Quiz("21").page()) < 20_000
    assert len(questions) == 9
    assert {one.goal for one in questions[:-2]} == {"21.1", "21.2", "21.3"}
    assert [one.id.split("/")[0] for one in questions[-2:]] == ["17", "06"]
