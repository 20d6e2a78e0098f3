"""The exercises of chapter 22: right answers in other words, and mistakes in other words."""

import math
from statistics import mean, median

import numpy as np
import pytest
import torch

from rnnbook.tasks.cartpole import ANGLE, CartPole
from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_file, load_quiz
from rnncourse.figures.quiz import Quiz
from rnncourse.lessons.ch22.balancers import balancer
from rnncourse.lessons.ch22.balancing import CAP, FORCE, FramePolicy, run
from rnncourse.lessons.ch22.experiments.frames_or_memory import HALF
from rnncourse.lessons.ch22.experiments.frames_or_memory import tests as conditions

NAMES = ("step-of-the-world", "frames", "episodes-to-batch", "state-of-an-episode")
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


def step_of_a_fiftieth(places, velocities, accelerations):
    return places.add(velocities, alpha=0.02), velocities + accelerations / 50


def step_with_numpy(places, velocities, accelerations):
    p, v, a = (t.numpy() for t in (places, velocities, accelerations))
    return p + v * 0.02, v + a * 0.02


def frames_walked(x, k):
    rows = []
    for t in range(len(x)):
        rows.append(torch.cat([x[max(0, t - j)] for j in range(k - 1, -1, -1)], dim=1))
    return torch.stack(rows)


def frames_indexed(x, k):
    T, B, D = x.shape
    at = (torch.arange(T)[:, None] + torch.arange(-int(k) + 1, 1)).clamp(min=0)
    return x[at].transpose(1, 2).reshape(T, B, int(k) * D)


def frames_unfolded(x, k):
    padded = torch.cat([x[:1].expand(int(k) - 1, -1, -1), x])
    return padded.unfold(0, int(k), 1).transpose(2, 3).flatten(2)


def frames_kept(x, k):
    """As `FramePolicy` keeps them."""
    kept, rows = x[:1].repeat(k, 1, 1), []
    for x_t in x:
        kept = torch.cat([kept[1:], x_t[None]])
        rows.append(torch.cat(list(kept), dim=1))
    return torch.stack(rows)


def frames_with_numpy(x, k):
    padded = np.pad(x.numpy(), ((int(k) - 1, 0), (0, 0), (0, 0)), mode="edge")
    return np.concatenate([padded[j : j + len(x)] for j in range(k)], axis=2)


def batch_unflattened(log, B):
    return log[: len(log) - len(log) % B].unflatten(0, (-1, int(B)))


def batch_stacked(log, B):
    T = len(log) // B
    return torch.stack([log[t * B : (t + 1) * B] for t in range(T)])


def batch_cart_by_cart(log, B):
    T = len(log) // int(B)
    return torch.stack([log[b :: int(B)][:T] for b in range(B)], dim=1)


def batch_with_numpy(log, B):
    T = len(log) // int(B)
    return np.reshape(log.numpy()[: T * int(B)], (T, int(B), -1))


def stream_with_flags_first(x, done, h, W, U, b):
    output = []
    for t in range(len(x)):
        if t > 0:
            h = h * ~done[t - 1][:, None]
        h = torch.tanh(x[t] @ W.T + h @ U.T + b)
        output.append(h)
    return torch.stack(output), h * ~done[-1][:, None]


def stream_cart_by_cart(x, done, h, W, U, b):
    outputs, last = [], []
    for cart in range(x.shape[1]):
        state, states = h[cart], []
        for x_t, over in zip(x[:, cart], done[:, cart], strict=True):
            state = torch.tanh(W @ x_t + U @ state + b)
            states.append(state)
            if over:
                state = torch.zeros_like(state)
        outputs.append(torch.stack(states))
        last.append(state)
    return torch.stack(outputs, dim=1), torch.stack(last)


def stream_set_in_place(x, done, h, W, U, b):
    output, h = torch.zeros(len(x), *h.shape), h.clone()
    for t, x_t in enumerate(x):
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        output[t] = h
        h[done[t]] = 0
    return output, h


def stream_through_where(x, done, h, W, U, b):
    output = []
    for x_t, over in zip(x @ W.T + b, done, strict=True):
        h = (x_t + h @ U.T).tanh()
        output.append(h)
        h = torch.where(over.unsqueeze(1), torch.zeros(()), h)
    return torch.stack(output), h


RIGHT = [
    ("step-of-the-world", step_of_a_fiftieth),
    ("step-of-the-world", step_with_numpy),
    ("frames", frames_walked),
    ("frames", frames_indexed),
    ("frames", frames_unfolded),
    ("frames", frames_kept),
    ("frames", frames_with_numpy),
    ("episodes-to-batch", batch_unflattened),
    ("episodes-to-batch", batch_stacked),
    ("episodes-to-batch", batch_cart_by_cart),
    ("episodes-to-batch", batch_with_numpy),
    ("state-of-an-episode", stream_with_flags_first),
    ("state-of-an-episode", stream_cart_by_cart),
    ("state-of-an-episode", stream_set_in_place),
    ("state-of-an-episode", stream_through_where),
]


@pytest.mark.parametrize(("name", "function"), RIGHT)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


# Mistakes in other words


def semi_implicit(places, velocities, accelerations):
    velocities = velocities + 0.02 * accelerations
    return places + 0.02 * velocities, velocities


def of_constant_acceleration(places, velocities, accelerations):
    t = 0.02
    return places + velocities * t + accelerations * t**2 / 2, velocities + accelerations * t


def places_overwritten(places, velocities, accelerations):
    places = places + 0.02 * velocities
    return places, velocities + 0.02 * places


def unscaled(places, velocities, accelerations):
    return places.add(velocities), velocities.add(accelerations)


def newest_before(x, k):
    return torch.stack(
        [torch.cat([x[max(0, t - j)] for j in range(k)], dim=1) for t in range(len(x))]
    )


def padded_with_zeros(x, k):
    padded = torch.nn.functional.pad(x, (0, 0, 0, 0, int(k) - 1, 0))
    return torch.cat([padded[j : j + len(x)] for j in range(k)], dim=2)


def rolled(x, k):
    return torch.cat([x.roll(j, 0) for j in range(int(k) - 1, -1, -1)], dim=2)


def negative_places(x, k):
    """x[t - j] with t < j counts from the end, as `roll` does where there are enough steps."""
    rows = [[x[(t - j) % len(x)] for j in reversed(range(k))] for t in range(len(x))]
    return torch.stack([torch.cat(row, dim=1) for row in rows])


def looking_ahead(x, k):
    last = len(x) - 1
    rows = [[x[min(last, t + j)] for j in range(k)] for t in range(len(x))]
    return torch.stack([torch.cat(row, dim=1) for row in rows])


def a_step_ago(x, k):
    rows = [[x[max(0, t - j)] for j in range(int(k), 0, -1)] for t in range(len(x))]
    return torch.stack([torch.cat(row, dim=1) for row in rows])


def unfold_flattened(x, k):
    return torch.cat([x[:1].repeat(k - 1, 1, 1), x]).unfold(0, int(k), 1).flatten(2)


def unfold_alone(x, k):
    return x.unfold(0, int(k), 1).transpose(2, 3).flatten(2)


def filled_with_the_present(x, k):
    rows = [[x[t - j] if j <= t else x[t] for j in reversed(range(k))] for t in range(len(x))]
    return torch.stack([torch.cat(row, dim=1) for row in rows])


def chunked_by_carts(log, B):
    T = len(log) // int(B)
    return torch.stack(log[: T * int(B)].split(T), dim=1)


def sliced_then_permuted(log, B):
    T = len(log) // int(B)
    return log[: T * int(B)].reshape(T, int(B), -1).permute(1, 0, 2)


def reshaped_without_a_cut(log, B):
    return log.reshape(-1, int(B), log.shape[1])


def newest_rows_kept(log, B):
    return log[len(log) % int(B) :].unflatten(0, (-1, int(B)))


def transposed_numbers(log, B):
    T = len(log) // int(B)
    return log[: T * int(B)].reshape(T, -1, int(B)).mT


def the_colleagues(x, done, h, W, U, b):
    output = []
    for t in range(len(x)):
        if done[t].any():
            h = torch.zeros_like(h)
        h = torch.tanh(x[t] @ W.T + h @ U.T + b)
        output.append(h)
    return torch.stack(output), h


def all_after_the_step(x, done, h, W, U, b):
    output = []
    for t in range(len(x)):
        h = torch.tanh(x[t] @ W.T + h @ U.T + b)
        output.append(h)
        if done[t].any():
            h = torch.zeros_like(h)
    return torch.stack(output), h


def each_before_the_step(x, done, h, W, U, b):
    output = []
    for x_t, over in zip(x, done, strict=True):
        h = torch.tanh(x_t @ W.T + (h * ~over[:, None]) @ U.T + b)
        output.append(h)
    return torch.stack(output), h


def by_the_flag_before(x, done, h, W, U, b):
    output = []
    for t in range(len(x)):
        h = torch.where(done[t - 1][:, None], 0.0, h)
        h = torch.tanh(x[t] @ W.T + h @ U.T + b)
        output.append(h)
    return torch.stack(output), h


def by_the_flag_before_from_the_second_on(x, done, h, W, U, b):
    output = []
    for t in range(len(x)):
        if t > 0:
            h = torch.where(done[t - 1][:, None], 0.0, h)
        h = torch.tanh(x[t] @ W.T + h @ U.T + b)
        output.append(h)
    return torch.stack(output), h


def none_at_every_step(x, done, h, W, U, b):
    output = torch.tanh(x @ W.T + b)
    return output, output[-1].masked_fill(done[-1][:, None], 0.0)


def stream_without_flags(x, done, h, W, U, b):
    output = []
    for x_t in x:
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        output.append(h)
    return torch.stack(output), h


def multiplied_by_done(x, done, h, W, U, b):
    output = []
    for x_t, over in zip(x, done, strict=True):
        h = torch.tanh(x_t @ W.T + h @ U.T + b)
        output.append(h)
        h = h * over[:, None]
    return torch.stack(output), h


def reset_and_then_kept(x, done, h, W, U, b):
    output = []
    for x_t, over in zip(x, done, strict=True):
        h = torch.tanh(x_t @ W.T + h @ U.T + b) * ~over[:, None]
        output.append(h)
    return torch.stack(output), h


WRONG = [
    ("step-of-the-world", "velocities-first", semi_implicit),
    ("step-of-the-world", "half-the-square-of-the-time", of_constant_acceleration),
    ("step-of-the-world", "places-first", places_overwritten),
    ("step-of-the-world", "seconds-forgotten", unscaled),
    ("frames", "newest-first", newest_before),
    ("frames", "zeros-before", padded_with_zeros),
    ("frames", "wraps-around", rolled),
    ("frames", "wraps-around", negative_places),
    ("frames", "future-frames", looking_ahead),
    ("frames", "without-the-newest", a_step_ago),
    ("frames", "number-by-number", unfold_flattened),
    ("frames", "first-steps-missing", unfold_alone),
    ("frames", "present-for-what-is-missing", filled_with_the_present),
    ("episodes-to-batch", "cart-after-cart", chunked_by_carts),
    ("episodes-to-batch", "batch-first", sliced_then_permuted),
    ("episodes-to-batch", "not-cut", reshaped_without_a_cut),
    ("episodes-to-batch", "cut-at-the-beginning", newest_rows_kept),
    ("episodes-to-batch", "shape-of-the-batch-read-backwards", transposed_numbers),
    ("state-of-an-episode", "as-it-was", the_colleagues),
    ("state-of-an-episode", "all-reset", all_after_the_step),
    ("state-of-an-episode", "reset-before-the-last-observation", each_before_the_step),
    ("state-of-an-episode", "flag-of-the-very-last-step", by_the_flag_before),
    (
        "state-of-an-episode",
        "not-ready-for-the-next-call",
        by_the_flag_before_from_the_second_on,
    ),
    ("state-of-an-episode", "no-memory", none_at_every_step),
    ("state-of-an-episode", "never-reset", stream_without_flags),
    ("state-of-an-episode", "mask-inverted", multiplied_by_done),
    ("state-of-an-episode", "output-after-the-reset", reset_and_then_kept),
]


@pytest.mark.parametrize(("name", "mistake", "function"), WRONG)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


def test_two_slips_are_told_apart():
    def twice(x, k):
        padded = torch.cat([torch.zeros_like(x[:1]).repeat(k - 1, 1, 1), x])
        return torch.cat([padded[j : j + len(x)] for j in reversed(range(k))], dim=2)

    verdict = engine.judge(EXERCISES["frames"], twice)
    assert verdict.mistake == "two-changes"
    for slip in ("zeros are put in", "the newest observation comes first"):
        assert slip in verdict.sentence


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("step-of-the-world", lambda places, velocities, accelerations: (..., ...)),
        ("frames", lambda x, k: ...),
        ("episodes-to-batch", lambda log, B: ...),
        ("state-of-an-episode", lambda x, done, h, W, U, b: None),
    ],
)
def test_the_pages_stub_is_not_attempted_yet(name, stub):
    verdict = engine.judge(EXERCISES[name], stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


class TestWords:
    def test_a_wrong_number_of_frames(self):
        words = engine.judge(EXERCISES["frames"], lambda x, k: x.cos()).sentence
        assert words == (
            "for T = 7, B = 3, D = 2 and k = 4, frames has shape (7, 3, 2); "
            "expected (T, B, k·D) = (7, 3, 8)."
        )

    def test_a_wrong_number_in_a_batch(self):
        def spoiled(log, B):
            x = batch_stacked(log, B)
            x[-1, -1, -1] += log[0, 0].cos()
            return x

        words = engine.judge(EXERCISES["episodes-to-batch"], spoiled).sentence
        assert words.startswith("for a log of 12 rows of 2 with B = 3, x first differs at t = 4, ")
        assert "cart 2, number 1: yours " in words

    def test_a_wrong_shape_of_a_batch(self):
        words = engine.judge(EXERCISES["episodes-to-batch"], lambda log, B: log.cos()).sentence
        assert "x has shape (12, 2); expected (T, B, D) = (4, 3, 2)." in words


class TestWhatIsDrawn:
    def test_episodes_end_within_the_stream_and_with_it_and_not_for_all_carts(self):
        x, done, *_ = EXERCISES["state-of-an-episode"].trials[0]
        T, B = done.shape
        assert x.shape[:2] == (T, B)
        assert done[:-1].any()
        assert done[-1].any()
        assert not done.all(dim=1).any()
        assert not done.all(dim=0).any()

    def test_some_logs_end_within_a_step(self):
        left = [len(log) % B for log, B in EXERCISES["episodes-to-batch"].trials]
        assert left[0] == 0
        assert sum(rest > 0 for rest in left) >= 2

    def test_there_are_more_frames_than_steps_and_fewer(self):
        more = [bool(k > len(x)) for x, k in EXERCISES["frames"].trials]
        assert not more[0]
        assert 0 < sum(more) < len(more) - 1


# The exercises are the book's own functions, in small


def test_frames_are_what_a_policy_keeps():
    torch.manual_seed(0)
    for x, k in EXERCISES["frames"].trials:
        policy, memory, kept = FramePolicy(int(k), seen=(0,) * (x.shape[2] - 1)), None, []
        for x_t in x.float():
            _, memory = policy(x_t, memory)
            kept.append(memory.flatten(1))
        assert torch.equal(torch.stack(kept), EXERCISES["frames"].reference(x.float(), k))


def test_a_step_is_that_of_the_cart_and_pole():
    generator = torch.Generator().manual_seed(0)
    state = torch.rand(5, 4, generator=generator, dtype=torch.float64) - 0.5
    force = FORCE * (torch.rand(5, generator=generator, dtype=torch.float64) - 0.5)
    later = CartPole().step(state, force)
    # What the push does to the velocities is the world's own; places must follow from them.
    accelerations = (later - state)[:, 1::2] / 0.02
    places, velocities = EXERCISES["step-of-the-world"].reference(
        state[:, ::2], state[:, 1::2], accelerations
    )
    assert torch.allclose(torch.stack([places, velocities], dim=2).flatten(1), later)


def test_a_stream_is_read_as_its_episodes_are_alone():
    torch.manual_seed(0)
    x, done, _, W, U, b = (t.clone() for t in EXERCISES["state-of-an-episode"].trials[0])
    rnn = torch.nn.RNN(x.shape[2], len(b), dtype=torch.float64)
    with torch.no_grad():
        for own, given in ((rnn.weight_ih_l0, W), (rnn.weight_hh_l0, U), (rnn.bias_ih_l0, b)):
            own.copy_(given)
        rnn.bias_hh_l0.zero_()
        output, last = EXERCISES["state-of-an-episode"].reference(x, done, 0 * U[:1], W, U, b)
        for cart in range(x.shape[1]):
            ends = [*(done[:, cart].nonzero()[:, 0] + 1).tolist(), len(x)]
            begins = [0, *ends[:-1]]
            alone = [rnn(x[a:e, cart])[0] for a, e in zip(begins, ends, strict=True) if a < e]
            assert torch.allclose(torch.cat(alone), output[:, cart])
            assert torch.equal(last[cart] == 0, done[-1, cart].expand(len(b)))


# The quiz


def numbers(name):
    """A question's answer, and what its mistakes lead to."""
    asked = {one.id: one for one in (*load_quiz("22"), *load_file("22").tries)}[name]
    return asked.answer, [mistake.answer for mistake in asked.mistakes]


def test_when_a_push_shows_in_the_places():
    world = CartPole()
    state = torch.zeros(1, 4, dtype=torch.float64)
    push = torch.ones(1, dtype=torch.float64, requires_grad=True)
    shows = []
    for t in range(4):
        state = world.step(state, push if t == 0 else torch.zeros(1, dtype=torch.float64))
        shows.append(torch.autograd.grad(state[0, ::2].sum(), push, retain_graph=True)[0] != 0)
    answer, wrong = numbers("when-a-push-shows")
    assert shows.index(True) + 1 == answer
    assert wrong == [1, 0]


def test_the_noise_of_a_velocity():
    noise, step = 0.02, 0.02
    answer, wrong = numbers("velocity-of-two-frames")
    assert answer == pytest.approx(math.sqrt(2) * noise / step, abs=0.005)
    root = math.sqrt(2)
    assert wrong == pytest.approx(
        [noise / step, 2 * noise / step, root * noise, noise / root / step], abs=0.005
    )
    answer, wrong = numbers("velocity-of-sixteen-frames")
    assert answer == pytest.approx(root * noise / (15 * step), abs=5e-4)
    others = [root / 16, root, 1 / 15, 2 / 15, root / 4]
    assert wrong == pytest.approx([noise / step * other for other in others], abs=5e-4)


def test_the_noise_of_two_frames_beside_what_a_push_changes():
    turn = CartPole().step(torch.zeros(1, 4), torch.tensor([FORCE]))[0, 3].abs().item()
    assert turn == pytest.approx(0.29, abs=0.005)
    noise = 0.1 * ANGLE
    assert noise == pytest.approx(0.02, abs=0.001)
    assert math.sqrt(2) * noise / 0.02 / turn == pytest.approx(5, abs=0.2)


@torch.no_grad()
def test_the_three_runs_to_be_told_apart():
    def go(name, **options):
        generator = torch.Generator().manual_seed(9)
        start = CartPole().start(100, generator)
        return run(balancer(name), start, CAP, generator, **options)

    def pushes(done, cart):
        return "".join("−+"[int(a > 0)] for a in done.actions[:25, cart])

    def lean(done, cart):
        return done.states[: int(done.steps[cart]), cart, 2].rad2deg()

    text = next(one for one in load_file("22").tries if one.id == "whose-run").text
    free, one, held = go("GRU"), go("One frame"), go("GRU", **conditions()["frozen"])
    assert f"Run A: <code>{pushes(free, 0)}</code>" in text
    assert free.steps[0] == CAP
    assert lean(free, 0).abs().max() < 3
    assert f"Run B: <code>{pushes(one, 0)}</code>" in text
    assert one.steps[0] < 50
    assert (lean(one, 0)[1:] < 0).all()
    assert lean(one, 0)[[20, 30]].tolist() == pytest.approx([-4, -9], abs=0.5)
    path = one.actions[: int(one.steps[0]), 0]  # against its last push, all along
    assert (path[1:] == -path[:-1]).all()
    assert HALF * 0.02 == 5
    assert HALF < held.steps[0] <= HALF + 100
    assert lean(held, 0)[:HALF].abs().max() < 3


def test_five_runs_each():
    a, b = (500, 500, 140, 500, 500), (455, 480, 460, 470, 465)
    text = next(one for one in load_quiz("22") if one.id == "one-bad-run-of-five").text
    for runs in (a, b):
        assert ", ".join(map(str, runs)) in text
    assert (median(a), median(b), min(a), min(b)) == (500, 465, 140, 455)
    assert mean(a) < mean(b)


def test_the_quiz_is_short_enough_and_asks_for_every_goal():
    questions = load_quiz("22")
    assert len(Quiz("22").page()) < 20_000
    assert len(questions) == 9
    assert {one.goal for one in questions[:-2]} == {"22.1", "22.2", "22.3"}
    assert [one.id.split("/")[0] for one in questions[-2:]] == ["17", "06"]
