"""The exercises of chapter 19: right answers in other words, and mistakes in other words."""

from itertools import groupby, pairwise, product

import numpy as np
import pytest
import torch

from rnnbook import models
from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.recognise import quiet
from rnncourse.lessons.ch19.exercises.a_missing_repeat import forward


def frame_before(path, blank):
    labels, before = [], None
    for symbol in path.tolist():
        if symbol != before and symbol != blank:
            labels.append(symbol)
        before = symbol
    return torch.tensor(labels)


def with_groupby(path, blank):
    return [symbol for symbol, _ in groupby(path.tolist()) if symbol != blank.item()]


def with_unique_consecutive(path, blank):
    merged = torch.unique_consecutive(path)
    return merged[merged != blank]


def with_rolled(path, blank):
    new = path != path.roll(1)
    new[0] = True
    return path[new & (path != blank)]


def vectorised(y, labels):
    """The recursion with shifted rows in place of the inner loop."""
    never, rows = torch.zeros(2), [y[0] * (torch.arange(len(labels)) < 2)]
    jumps = torch.cat([torch.zeros(2).bool(), labels[2:] != labels[:-2]])[: len(labels)]
    for y_t in y[1:]:
        before = torch.cat([never, rows[-1]])
        rows.append(y_t * (before[2:] + before[1:-1] + before[:-2] * jumps))
    return torch.stack(rows), rows[-1][-2:].sum()


def with_two_conditions(y, labels):
    alpha = torch.zeros_like(y)
    alpha[0, :2] = y[0, :2]
    for t in range(1, len(y)):
        for s in range(y.shape[1]):
            first = s - 1 if labels[s] == 0 or (s >= 2 and labels[s] == labels[s - 2]) else s - 2
            alpha[t, s] = alpha[t - 1, max(0, first) : s + 1].sum() * y[t, s]
    return alpha, alpha[-1, -1] + (alpha[-1, -2] if len(labels) > 1 else 0)


def target_by_target(targets, lengths):
    frames = []
    for target, n in zip(targets.tolist(), lengths.tolist(), strict=True):
        frames.append(n + sum(target[k] == target[k - 1] for k in range(1, n)))
    return torch.tensor(frames)


def by_runs(targets, lengths):
    return torch.stack([
        2 * n - len(torch.unique_consecutive(target[:n]))
        for target, n in zip(targets, lengths, strict=True)
    ])  # fmt: skip


def by_diff(targets, lengths):
    same = targets.diff(dim=1).eq(0)
    mask = torch.arange(targets.shape[1] - 1).expand_as(same) + 1 < lengths.unsqueeze(1)
    return lengths + torch.where(mask, same, False).sum(-1)


def way_by_way(x):
    total = torch.full_like(x[0], -torch.inf)
    for way in x:
        total = torch.logaddexp(total, way)
    return total


def with_numpy(x):
    return np.logaddexp.reduce(x.numpy(), axis=0)


def with_amax(x):
    m = x.amax(0).clamp(min=-1e300)
    return m + (x - m).exp().sum(0).log()


def mended_afterwards(x):
    m = x.amax(0, keepdim=True)
    found = m + (x - m).exp().sum(0, keepdim=True).log()
    return found.nan_to_num(nan=-torch.inf)[0]


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("collapse-a-path", frame_before),
        ("collapse-a-path", with_groupby),
        ("collapse-a-path", with_unique_consecutive),
        ("collapse-a-path", with_rolled),
        ("collapse-a-path", models.collapse),
        ("a-missing-repeat", vectorised),
        ("a-missing-repeat", with_two_conditions),
        ("frames-needed", target_by_target),
        ("frames-needed", by_runs),
        ("frames-needed", by_diff),
        ("log-sum-exp", way_by_way),
        ("log-sum-exp", with_numpy),
        ("log-sum-exp", with_amax),
        ("log-sum-exp", mended_afterwards),
        ("log-sum-exp", lambda x: torch.logsumexp(x, 0)),
    ],
)
def test_right_answer_in_other_words(name, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.kind == "passed", verdict.sentence


def last_label_kept(path, blank):
    labels = []
    for symbol in path.tolist():
        if symbol != blank and (not labels or labels[-1] != symbol):
            labels.append(symbol)
    return labels


def replaced_then_grouped(path, blank):
    return [symbol for symbol, _ in groupby(x for x in path.tolist() if x != blank)]


def not_seen_yet(path, blank):
    labels = []
    for symbol in path.tolist():
        if symbol != blank and symbol not in labels:
            labels.append(symbol)
    return labels


def compared_from_the_second_on(path, blank):
    pairs = zip(path.tolist(), path.tolist()[1:], strict=False)
    return torch.tensor([b for a, b in pairs if b not in (a, blank.item())])


def blanks_for_repeats(path, blank):
    row, before = [], -1
    for symbol in path.tolist():
        row.append(symbol if symbol != before else int(blank))
        before = symbol
    return row


def recursion(y, labels, may_jump, *, added=True, first=2):
    """A reader's recursion, right but for what is asked for."""
    S, alpha = len(labels), torch.zeros(y.shape)
    alpha[0, :first] = y[0, :first]
    for t in range(1, len(y)):
        for s in range(S):
            ways = [alpha[t - 1, s - k] for k in range(3) if s >= k and (k < 2 or may_jump(s))]
            alpha[t, s] = y[t, s] * (sum(ways) if added else max(ways))
    return alpha, alpha[-1, -2:].sum() if added else alpha[-1, -2:].max()


def as_the_colleague(y, labels):
    return recursion(y, labels, lambda s: s % 2 == 1)


def compared_with_the_neighbour(y, labels):
    return recursion(y, labels, lambda s: labels[s] != labels[s - 1])


def only_steps(y, labels):
    return recursion(y, labels, lambda s: False)


def old_labels(y, labels):
    return recursion(y, labels, lambda s: labels[s] not in labels[:s])


def best_path(y, labels):
    return recursion(y, labels, lambda s: labels[s] != labels[s - 2], added=False)


def from_the_blank(y, labels):
    return recursion(y, labels, lambda s: labels[s] != labels[s - 2], first=1)


def only_lengths(targets, lengths):
    return lengths.clone()


def pairs_of_all(targets, lengths):
    return lengths + (targets[:, 1:] == targets[:, :-1]).sum(1)


def up_to_the_padding(targets, lengths):
    return [
        n + sum(a == b for a, b in pairwise(target[: n + 1]))
        for target, n in zip(targets.tolist(), lengths.tolist(), strict=True)
    ]


def counted_in_a_set(targets, lengths):
    frames = []
    for target, n in zip(targets.tolist(), lengths.tolist(), strict=True):
        seen, more = set(), 0
        for label in target[:n]:
            more += label in seen
            seen.add(label)
        frames.append(n + more)
    return frames


def as_states(targets, lengths):
    return lengths + lengths + 1


def as_it_stands(x):
    return sum(way.exp() for way in x).log()


def unguarded(x):
    m, _ = x.max(0)
    return m + (x - m).exp().sum(0).log()


def set_to_zero(x):
    m, _ = x.max(0)
    return torch.nan_to_num(m + (x - m).exp().sum(0).log(), nan=0, neginf=-torch.inf)


def whole_maximum(x):
    m = x.max()
    return (x - m).exp().sum(0).log() + m


def product_of_all(x):
    total = torch.zeros(x.shape[1])
    for way in x:
        total = total + way
    return total


@pytest.mark.parametrize(
    ("name", "mistake", "function"),
    [
        ("collapse-a-path", "blanks-first", last_label_kept),
        ("collapse-a-path", "blanks-first", replaced_then_grouped),
        ("collapse-a-path", "each-label-once", not_seen_yet),
        ("collapse-a-path", "set", lambda path, blank: sorted(set(path.tolist()) - {int(blank)})),
        ("collapse-a-path", "first-lost", compared_from_the_second_on),
        ("collapse-a-path", "one-a-frame", blanks_for_repeats),
        ("collapse-a-path", "blanks-kept", lambda path, blank: path.unique_consecutive()),
        ("collapse-a-path", "blank-taken-for-0", lambda path, blank: models.collapse(path)),
        ("a-missing-repeat", "as-it-was", as_the_colleague),
        ("a-missing-repeat", "jumps-everywhere", compared_with_the_neighbour),
        ("a-missing-repeat", "never-jumps", only_steps),
        ("a-missing-repeat", "no-jump-to-an-old-label", old_labels),
        ("a-missing-repeat", "likeliest-path", best_path),
        ("a-missing-repeat", "starts-in-the-blank", from_the_blank),
        ("frames-needed", "labels-alone", only_lengths),
        ("frames-needed", "padding-compared", pairs_of_all),
        ("frames-needed", "pair-with-the-padding", up_to_the_padding),
        ("frames-needed", "equal-anywhere", counted_in_a_set),
        ("frames-needed", "states-for-frames", as_states),
        ("log-sum-exp", "no-maximum", as_it_stands),
        ("log-sum-exp", "nothing-gives-nan", unguarded),
        ("log-sum-exp", "one-for-nothing", set_to_zero),
        ("log-sum-exp", "one-maximum-for-all", whole_maximum),
        ("log-sum-exp", "likeliest-way", lambda x: x.amax(dim=0)),
        ("log-sum-exp", "logarithms-added", product_of_all),
    ],
)
def test_wrong_answers_are_named(name, mistake, function):
    verdict = engine.judge(EXERCISES[name], function)
    assert verdict.mistake == mistake, verdict.sentence


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("collapse-a-path", lambda path, blank: ...),
        ("frames-needed", lambda targets, lengths: ...),
        ("log-sum-exp", lambda x: ...),
        ("a-missing-repeat", lambda y, labels: (..., ...)),
    ],
)
def test_the_pages_stub_is_not_attempted_yet(name, stub):
    verdict = engine.judge(EXERCISES[name], stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


class TestWords:
    def test_a_path_is_shown_with_both_labellings(self):
        exercise = EXERCISES["collapse-a-path"]
        path, blank = exercise.trials[0]
        verdict = engine.judge(exercise, lambda path, blank: exercise.reference(path, blank)[:2])
        shown = " ".join(map(str, path.tolist()))
        assert verdict.sentence.startswith(f"of the path {shown} with blank {blank}, labels first ")
        assert "differs at place 2: yours 3 2, expected 3 2 2 2 3 2." in verdict.sentence

    def test_an_answer_of_nothing_is_shown_as_such(self):
        verdict = engine.judge(EXERCISES["collapse-a-path"], lambda path, blank: [])
        assert "differs at place 0: yours nothing, expected 3 2" in verdict.sentence

    def test_a_target_is_shown(self):
        right = EXERCISES["frames-needed"].reference
        verdict = engine.judge(EXERCISES["frames-needed"], lambda *given: right(*given) % 5)
        assert "frames first differs for the target 1 " in verdict.sentence

    @pytest.mark.parametrize(
        ("says", "changed"),
        [
            ("itself is no number", [-torch.inf, torch.nan]),
            ("more than a float can hold", [-torch.inf, torch.inf]),
            ("is rounded to 0", [-torch.inf, -torch.inf]),
            ("All ways have the probability 0", [-9e3, 1.0]),
        ],
    )
    def test_what_a_number_may_come_from(self, says, changed):
        right = torch.tensor([-torch.inf, 1.0])
        shown = EXERCISES["log-sum-exp"].explain((torch.tensor(changed),), (right,))
        assert says in shown
        assert shown.startswith("log_p first differs at state ")


class TestWhatIsDrawn:
    def test_paths_hold_all_that_can_go_wrong(self):
        exercise = EXERCISES["collapse-a-path"]
        for path, blank in exercise.trials[:-1]:
            labels = exercise.reference(path, blank).tolist()
            assert labels == models.collapse(path, int(blank))
            assert last_label_kept(path, blank) != labels
            assert not_seen_yet(path, blank) != labels
        assert {int(blank) for _, blank in exercise.trials} == {0, 1, 2, 3}

    def test_some_targets_have_equal_neighbours_and_some_padding_goes_on_with_the_last_label(self):
        exercise = EXERCISES["frames-needed"]
        for targets, lengths in exercise.trials[:4]:
            frames = exercise.reference(targets, lengths)
            assert (frames > lengths).any()
            assert len(frames.unique()) > 1
            assert targets[0, lengths[0] - 1] == targets[0, lengths[0]]

    def test_lattices_hold_repeats_near_and_far(self):
        targets = [labels[1::2].tolist() for _, labels in EXERCISES["a-missing-repeat"].trials]
        repeats = [any(a == b for a, b in pairwise(one)) for one in targets]
        assert set(repeats) == {True, False}
        assert [1, 2, 1, 2] in targets

    def test_logarithms_are_of_all_sorts(self):
        exercise = EXERCISES["log-sum-exp"]
        with quiet():
            (x,) = exercise.trials[0]
            naive, right = as_it_stands(x), exercise.reference(x)
        assert naive[1] == -torch.inf
        assert naive[2] == torch.inf
        assert right.isneginf().sum() == 1
        assert right[:6].isfinite().all()


# The exercises are the book's own functions, in small


def test_the_recursion_is_the_lattices():
    generator = torch.Generator().manual_seed(0)
    for target in ([1, 1, 2], [2, 1, 2], [3], []):
        log_p = torch.randn(7, 4, generator=generator, dtype=torch.float64).log_softmax(1)
        lattice = models.ctc_lattice(log_p, torch.tensor(target, dtype=torch.long))
        alpha, p = forward(log_p[:, lattice.labels].exp(), lattice.labels)
        torch.testing.assert_close(alpha, lattice.alpha.exp())
        torch.testing.assert_close(p, lattice.log_likelihood.exp())


def test_the_missing_repeat_is_counted_with_the_single_label():
    """Three frames, labels 1 1: the colleague counts paths that collapse to 1 alone."""
    y = torch.full((3, 5), 0.5, dtype=torch.float64)
    labels = torch.tensor([0, 1, 0, 1, 0])
    paths = [path for path in product((0, 1), repeat=3) if models.collapse(path) == [1, 1]]
    assert paths == [(1, 0, 1)]
    assert forward(y, labels)[1] == 1 / 8
    assert as_the_colleague(y, labels)[1] > 1 / 8


def test_with_one_frame_less_there_is_no_path():
    for targets, lengths in EXERCISES["frames-needed"].trials:
        frames = EXERCISES["frames-needed"].reference(targets, lengths)
        for target, n, needed in zip(targets, lengths, frames.tolist(), strict=True):
            log_p = torch.zeros(needed, 4).log_softmax(1)
            if 0 in target[:n]:
                continue
            assert models.ctc_lattice(log_p, target[:n]).log_likelihood.isfinite()
            if needed > 1:
                with pytest.raises(ValueError, match=f"must have {needed} frames or more"):
                    models.ctc_lattice(log_p[1:], target[:n])
