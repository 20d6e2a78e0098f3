"""Connectionist temporal classification: against torch, and against all paths written out."""

import math
import sys
from itertools import pairwise, product
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnbook.models import (
    collapse,
    ctc_gradient,
    ctc_lattice,
    ctc_loss,
    greedy_decode,
    prefix_beam_search,
)

sys.path.insert(0, str(Path(__file__).parent))
from door_kinds import (
    SIZE,
    B,
    Kind,
    T,
    V,
    comes_in,
    ids_below,
    is_refused,
    nonsense,
    one_of,
    tensors,
    torch_ids,
)

SEEDS = st.integers(0, 2**32 - 1)
FLOAT64 = {"dtype": torch.float64}


def drawn(seed, *shape):
    """Logits, spread enough that some symbols are likely."""
    return 2 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed), **FLOAT64)


def all_labellings(log_p, blank=0):
    """The probability of each labelling, from all V^T paths."""
    found: dict[tuple[int, ...], float] = {}
    for path in product(range(log_p.shape[1]), repeat=len(log_p)):
        p = log_p[range(len(path)), list(path)].sum().exp().item()
        labels = tuple(collapse(path, blank))
        found[labels] = found.get(labels, 0) + p
    return found


def drawn_target(data, size, blank, most):
    return data.draw(st.lists(st.integers(0, size - 1).filter(blank.__ne__), max_size=most))


def frames_for(target):
    return max(1, len(target) + sum(a == b for a, b in pairwise(target)))


class TestCollapse:
    def test_by_hand(self):
        assert collapse([0, 3, 3, 0, 3, 5, 5]) == [3, 3, 5]
        assert collapse(torch.tensor([1, 1, 0, 1])) == [1, 1]
        assert collapse([1, 1, 0, 1], blank=1) == [0]
        assert collapse([]) == collapse([0, 0]) == []
        assert collapse("hh-e-ll--loo", blank="-") == list("hello")
        assert all(type(label) is int for label in collapse(torch.tensor([1, 2])))

    def test_repeats_are_merged_before_blanks_go(self):
        assert collapse("a-a", "-") == ["a", "a"]
        assert collapse("aa", "-") == ["a"]

    @given(st.lists(st.integers(0, 3)))
    def test_a_blank_between_all_labels_keeps_them(self, ids):
        labels = [label for label in ids if label]
        assert collapse([x for label in labels for x in (label, label, 0)]) == labels

    @pytest.mark.parametrize("ids", [3, None, {1, 2}])
    def test_names_its_argument(self, ids):
        with pytest.raises(TypeError, match=r"^ids must be a list or a tensor of symbols, .*got "):
            collapse(ids)
        with pytest.raises(ValueError, match=r"^ids must have shape \(T\), got \(1, 2\)"):
            collapse(torch.tensor([[1, 2]]))


class TestLattice:
    @settings(max_examples=40)
    @given(seed=SEEDS, frames=st.integers(1, 5), size=st.integers(2, 4), data=st.data())
    def test_is_the_sum_over_all_paths(self, seed, frames, size, data):
        blank = data.draw(st.integers(0, size - 1))
        log_p = drawn(seed, frames, size).log_softmax(1)
        for target, p in all_labellings(log_p, blank).items():
            found = ctc_lattice(log_p, torch.tensor(target), blank)
            assert found.log_likelihood.item() == pytest.approx(math.log(p), abs=1e-10)

    def test_all_labellings_add_up_to_1(self):
        log_p = drawn(0, 5, 3).log_softmax(1)
        found = [ctc_lattice(log_p, torch.tensor(target)) for target in all_labellings(log_p)]
        whole = sum(lattice.log_likelihood.exp() for lattice in found)
        assert whole.item() == pytest.approx(1, abs=1e-12)

    @given(seed=SEEDS, extra=st.integers(0, 9), size=st.integers(2, 5), data=st.data())
    def test_what_holds_at_each_time(self, seed, extra, size, data):
        target = drawn_target(data, size, 0, 6)
        log_p = drawn(seed, frames_for(target) + extra, size).log_softmax(1)
        found = ctc_lattice(log_p, torch.tensor(target))
        assert found.labels.tolist()[1::2] == target
        assert not found.labels[::2].any()
        ones = torch.ones(len(log_p), **FLOAT64)
        torch.testing.assert_close(found.occupancy.sum(1), ones, rtol=0, atol=1e-10)
        # Cut at any frame, the paths are the same: Σ_s α_t(s) β_t(s) = p(target)
        both = (found.alpha + found.beta).logsumexp(1)
        torch.testing.assert_close(both, found.log_likelihood * ones, rtol=0, atol=1e-9)

    def test_occupancy_is_the_share_of_paths(self):
        log_p, target = drawn(1, 5, 3).log_softmax(1), [1, 1]
        found = ctc_lattice(log_p, torch.tensor(target))
        paths = [p for p in product(range(3), repeat=5) if collapse(p) == target]
        weights = torch.tensor([log_p[range(5), list(p)].sum().exp() for p in paths], **FLOAT64)
        shares = weights / weights.sum()
        said = torch.zeros(5, 3, **FLOAT64)
        for path, share in zip(paths, shares, strict=True):
            said[range(5), list(path)] += share
        by_label = torch.zeros(5, 3, **FLOAT64).index_add(1, found.labels, found.occupancy)
        torch.testing.assert_close(by_label, said)

    def test_by_hand(self):
        # Two frames, p(blank) = ¼ and p(a) = ¾ in both: aa, a- and -a collapse to a.
        log_p = torch.tensor([[1.0, 3], [1, 3]], **FLOAT64).div(4).log()
        found = ctc_lattice(log_p, torch.tensor([1]))
        assert (16 * found.alpha.exp()).round().tolist() == [[4, 12, 0], [1, 12, 3]]
        assert (16 * found.beta.exp()).round().tolist() == [[12, 16, 4], [0, 16, 16]]
        assert found.log_likelihood.exp().item() == pytest.approx(15 / 16)
        expected = torch.tensor([[3.0, 12, 0], [0, 12, 3]], **FLOAT64) / 15
        torch.testing.assert_close(found.occupancy, expected)

    def test_equal_neighbours_need_a_blank(self):
        log_p = drawn(2, 3, 3).log_softmax(1)
        found = ctc_lattice(log_p, torch.tensor([1, 1]))
        only = log_p[0, 1] + log_p[1, 0] + log_p[2, 1]  # the one path is a-a
        assert found.log_likelihood.item() == pytest.approx(only.item())
        assert found.occupancy.argmax(1).tolist() == [1, 2, 3]

    def test_a_symbol_of_probability_0_is_never_passed(self):
        log_p = torch.tensor([[0.0, 0.5, 0.5], [0.0, 0.5, 0.5]], **FLOAT64).log()
        found = ctc_lattice(log_p, torch.tensor([1, 2]))
        assert found.log_likelihood.exp().item() == pytest.approx(0.25)
        assert not found.occupancy.isnan().any()
        with pytest.raises(ValueError, match=r"^log_p must let a path to target be .*, got a prob"):
            ctc_lattice(log_p, torch.tensor([], dtype=torch.long))

    @pytest.mark.parametrize(
        ("target", "frames", "needed"),
        [([1, 2, 3], 2, 3), ([1, 1], 2, 3), ([2, 2, 2], 4, 5), ([1, 2, 2, 1], 1, 5)],
    )
    def test_says_how_many_frames_are_needed(self, target, frames, needed):
        says = rf"^log_p must have {needed} frames or more, .* equal neighbours, got {frames}$"
        with pytest.raises(ValueError, match=says):
            ctc_lattice(drawn(0, frames, 4).log_softmax(1), torch.tensor(target))
        enough = ctc_lattice(drawn(0, needed, 4).log_softmax(1), torch.tensor(target))
        assert enough.log_likelihood.isfinite()


def torch_loss(logits, targets, input_lengths, target_lengths, blank=0):
    """Torch's, in the same reduction: the mean over sequences, not divided by their labels."""
    loss = torch.nn.CTCLoss(blank, reduction="none")
    log_p = logits.log_softmax(2)
    return loss(log_p, targets, torch.tensor(input_lengths), torch.tensor(target_lengths)).mean()


def with_gradient(loss, logits, *arguments):
    logits = logits.clone().requires_grad_()
    value = loss(logits, *arguments)
    value.backward()
    return value.detach(), logits.grad


class TestLoss:
    @given(seed=SEEDS, size=st.integers(2, 6), batch=st.integers(1, 4), data=st.data())
    def test_is_torchs_with_its_gradients(self, seed, size, batch, data):
        blank = data.draw(st.integers(0, size - 1))
        targets = [drawn_target(data, size, blank, 5) for _ in range(batch)]
        frames = [frames_for(target) + data.draw(st.integers(0, 6)) for target in targets]
        counts, U = [len(target) for target in targets], max(map(len, targets))
        filled_up = data.draw(st.integers(0, size - 1))  # any symbol: it counts for nothing
        padded = [target + [filled_up] * (U - len(target)) for target in targets]
        padded = torch.tensor(padded, dtype=torch.long).view(batch, U)
        logits = drawn(seed, max(frames) + data.draw(st.integers(0, 2)), batch, size)
        arguments = (logits, padded, frames, counts, blank)
        value, gradient = with_gradient(ctc_loss, *arguments)
        expected, its_gradient = with_gradient(torch_loss, *arguments)
        torch.testing.assert_close(value, expected, rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(gradient, its_gradient, rtol=1e-10, atol=1e-10)
        for b in range(batch):
            assert not gradient[frames[b] :, b].any(), "what does not count has no gradient"

    def test_long_sequences(self):
        logits, targets = drawn(0, 300, 3, 11), torch.tensor([[1, 1, 2, 2, 9, 9]] * 3)
        arguments = (logits, targets, [300, 250, 200], [6, 5, 1])
        found, expected = with_gradient(ctc_loss, *arguments), with_gradient(torch_loss, *arguments)
        torch.testing.assert_close(found[0], expected[0], rtol=1e-10, atol=0)
        torch.testing.assert_close(found[1], expected[1], rtol=0, atol=1e-10)

    def test_all_targets_may_be_empty(self):
        logits, nothing = drawn(0, 4, 2, 3), torch.zeros(2, 0, dtype=torch.long)
        found = ctc_loss(logits, nothing, [4, 2], [0, 0])
        blanks = logits.log_softmax(2)[:, :, 0]
        assert found.item() == pytest.approx(-(blanks[:, 0].sum() + blanks[:2, 1].sum()) / 2)

    def test_a_gradient_with_respect_to_log_probabilities_is_not_torchs(self):
        """Torch's is already that with respect to the logits, less the softmax's own share."""
        log_p, targets = drawn(0, 5, 1, 3).log_softmax(2), torch.tensor([[1, 2]])
        plain = torch.zeros(5, 3, **FLOAT64)
        lattice = ctc_lattice(log_p[:, 0], targets[0])
        plain.index_add_(1, lattice.labels, lattice.occupancy, alpha=-1)
        leaf = log_p.clone().requires_grad_()
        torch.nn.functional.ctc_loss(leaf, targets, [5], [2], reduction="sum").backward()
        assert (leaf.grad[:, 0] - plain).abs().max() > 0.5
        torch.testing.assert_close(leaf.grad[:, 0], log_p[:, 0].exp() + plain)

    def test_float32(self):
        arguments = (drawn(0, 50, 2, 5).float(), torch.tensor([[1, 2, 2], [3, 1, 0]]), [50, 40])
        value, gradient = with_gradient(ctc_loss, *arguments, [3, 2])
        expected, its_gradient = with_gradient(torch_loss, *arguments, [3, 2])
        assert value.dtype == gradient.dtype == torch.float32
        torch.testing.assert_close(value, expected)
        torch.testing.assert_close(gradient, its_gradient, rtol=1e-3, atol=1e-4)

    def test_a_symbol_of_probability_0_gives_no_nan(self):
        logits = drawn(0, 6, 1, 4)
        logits[:, :, 3] = -torch.inf
        _, gradient = with_gradient(ctc_loss, logits, torch.tensor([[1, 2]]), [6], [2])
        assert gradient.isfinite().all()
        assert not gradient[:, :, 3].any()

    def test_errors_name_what_does_not_fit(self):
        logits, targets = drawn(0, 4, 2, 3), torch.tensor([[1, 2], [1, 1]])
        for arguments, says in [
            ((targets, [4, 2], [2, 2]), "input_lengths must give sequence 1 3 frames or more"),
            ((targets, [4, 0], [2, 0]), "input_lengths must give sequence 1 1 frames or more"),
            ((targets, [4, 5], [2, 2]), "input_lengths must lie between 0 and 4, got 5"),
            ((targets, [4, 4], [2, 3]), "target_lengths must lie between 0 and 2, got 3"),
            ((targets, [4], [2, 2]), r"input_lengths must have shape \(B\) = \(2,\), got \(1,\)"),
            ((targets - 1, [4, 4], [2, 2]), r"targets must hold labels without blanks, got \[0, 1"),
            ((targets + 1, [4, 4], [2, 2]), "targets must lie between 0 and 2, got 3"),
            ((targets.T[:1], [4, 4], [2, 2]), r"targets must have shape \(B, U\) = \(2, 2\), got"),
            ((targets, [4, 4], [2, 2], 3), "blank must lie between 0 and 2, got 3"),
        ]:
            with pytest.raises(ValueError, match=f"^{says}"):
                ctc_loss(logits, *arguments)


@given(seed=SEEDS, size=st.integers(2, 5), extra=st.integers(0, 5), data=st.data())
def test_the_gradient_is_what_is_said_minus_what_should_be(seed, size, extra, data):
    blank = data.draw(st.integers(0, size - 1))
    target = torch.tensor(drawn_target(data, size, blank, 5), dtype=torch.long)
    logits = drawn(seed, frames_for(target.tolist()) + extra, size)
    frames, counts = [len(logits)], [len(target)]
    arguments = (logits[:, None], target[None], frames, counts, blank)
    found = ctc_gradient(logits.log_softmax(1), target, blank)
    for loss in (ctc_loss, torch_loss):
        _, gradient = with_gradient(loss, *arguments)
        torch.testing.assert_close(found, gradient[:, 0], rtol=0, atol=1e-10)
    assert found.sum(1).abs().max() < 1e-10, "more for one symbol is less for others"


class TestGreedy:
    def test_collapses_the_likeliest_path(self):
        log_p = drawn(0, 9, 3, 4).log_softmax(2)
        paths = log_p.argmax(2)
        found = greedy_decode(log_p, [9, 5, 1])
        assert found == [collapse(paths[:n, b]) for b, n in enumerate((9, 5, 1))]
        assert greedy_decode(log_p, torch.tensor([9, 5, 1]), blank=2)[0] == collapse(paths[:, 0], 2)

    def test_can_miss_the_likeliest_labelling(self):
        # Twice p(blank) = 0.6, p(a) = 0.4: the path -- has 0.36, and a, by three paths, 0.64.
        log_p = torch.tensor([[0.6, 0.4]] * 2, **FLOAT64).log()
        assert greedy_decode(log_p[:, None], [2]) == [[]]
        (first, p), (second, q) = prefix_beam_search(log_p, 5)
        assert (first, second) == ([1], [])
        assert [math.exp(p), math.exp(q)] == pytest.approx([0.64, 0.36])


class TestPrefixBeamSearch:
    @settings(max_examples=40)
    @given(seed=SEEDS, frames=st.integers(1, 5), size=st.integers(2, 4), data=st.data())
    def test_is_exact_where_it_is_wide_enough(self, seed, frames, size, data):
        blank = data.draw(st.integers(0, size - 1))
        log_p = drawn(seed, frames, size).log_softmax(1)
        expected = all_labellings(log_p, blank)
        found = prefix_beam_search(log_p, size**frames, blank)
        assert len(found) == len(expected)
        assert {tuple(labels): math.exp(p) for labels, p in found} == pytest.approx(expected)
        log_probabilities = [p for _, p in found]
        assert log_probabilities == sorted(log_probabilities, reverse=True)

    @given(seed=SEEDS, width=st.integers(1, 8), frames=st.integers(1, 5))
    def test_never_says_too_much(self, seed, width, frames):
        log_p = drawn(seed, frames, 3).log_softmax(1)
        exact, found = all_labellings(log_p), prefix_beam_search(log_p, width)
        assert 1 <= len(found) <= width
        for labels, p in found:
            assert math.exp(p) <= exact[tuple(labels)] * (1 + 1e-9)

    def test_on_longer_sequences_its_probabilities_are_a_little_below_the_lattices(self):
        log_p = (3 * drawn(3, 30, 5)).log_softmax(1)
        for labels, p in prefix_beam_search(log_p, 60)[:3]:
            exact = ctc_lattice(log_p, torch.tensor(labels)).log_likelihood.item()
            assert exact - 0.1 < p <= exact + 1e-9

    def test_what_is_impossible_is_not_found(self):
        log_p = torch.tensor([[0.5, 0.5, 0.0]] * 2, **FLOAT64).log()
        assert [labels for labels, _ in prefix_beam_search(log_p, 20)] == [[1], []]


LOG_P = torch.zeros(T, V).log_softmax(1)
LOGITS = torch.zeros(T, B, V)
BLANK = one_of(0, lambda v: v == 3)
COUNTS = Kind([1] * B, nonsense(lambda v: False) | st.sampled_from([[1], [1] * 3, [-1, 1], [9, 1]]))
TARGET = ids_below(torch_ids(2) + 1, V, free=(0,))
UNNORMALISED = [LOG_P + 1, LOG_P - 1, LOG_P * torch.nan, LOG_P[:0]]


def log_probabilities(good, free):
    kind = tensors(good, free=free)
    wrong = [torch.cat([one] * (good.dim() - 1)).view(-1, *good.shape[1:]) for one in UNNORMALISED]
    # Another batch or another V is another input: what must fit it is refused elsewhere.
    fits = {good.dim() + 1, good.dim() - 1}
    wrong_kind = kind.wrong.filter(
        lambda v: not isinstance(v, torch.Tensor) or not v.is_floating_point() or v.dim() in fits
    )
    return kind._replace(wrong=wrong_kind | st.sampled_from(wrong))


ONE, MANY = log_probabilities(LOG_P, (0,)), log_probabilities(LOG_P[:, None].repeat(1, B, 1), (0,))
DOORS = {
    "ctc_lattice": (ctc_lattice, {"log_p": ONE, "target": TARGET, "blank": BLANK}),
    "ctc_gradient": (ctc_gradient, {"log_p": ONE, "target": TARGET, "blank": BLANK}),
    "ctc_loss": (ctc_loss, {
        "logits": tensors(LOGITS, free=(0, 2)), "targets": ids_below(torch_ids(B, 2) * 0 + 1, V,
            free=(1,)),
        "input_lengths": COUNTS._replace(fits=[T] * B), "target_lengths": COUNTS, "blank": BLANK}),
    "greedy_decode": (greedy_decode, {"log_p": MANY, "lengths": COUNTS, "blank": BLANK}),
    "prefix_beam_search": (prefix_beam_search, {"log_p": ONE, "width": SIZE, "blank": BLANK}),
}  # fmt: skip
ARGUMENTS = [(door, name) for door, (_, kinds) in DOORS.items() for name in kinds]


@pytest.mark.parametrize("door", DOORS)
def test_what_fits_comes_in(door):
    comes_in(*DOORS[door])


@pytest.mark.parametrize(("door", "name"), ARGUMENTS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_does_not_fit_is_refused_by_name(door, name, data):
    is_refused(*DOORS[door], name, data)
