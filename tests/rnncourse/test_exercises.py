"""What holds for every exercise: mistakes are caught and named, right answers pass."""

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncourse.checking import EXERCISES, check, engine
from rnncourse.checking.exercise import Exercise, Level, Mistake
from rnncourse.checking.recognise import observe, quiet, same

ROOT = Path(__file__).parents[2]
MISTAKES = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{mistake.name}")
    for exercise in EXERCISES.values()
    for mistake in exercise.mistakes
]
EACH = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES.keys())
TAKING = [exercise for exercise in EXERCISES.values() if exercise.takes]


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_mistake_is_caught_and_named(exercise, mistake):
    verdict = engine.judge(exercise, exercise.version(mistake))
    assert verdict.kind == "failed"
    assert verdict.mistake == mistake.name
    assert verdict.sentence == mistake.sentence
    with quiet():
        shown = observe(exercise, exercise.version(mistake), exercise.trials[0])
    assert not str(shown).startswith("NameError"), "an edit names what its module does not know"


@EACH
def test_no_two_mistakes_behave_the_same(exercise):
    with quiet():
        shown = {
            mistake.name: [
                observe(exercise, exercise.version(mistake), trial) for trial in exercise.trials
            ]
            for mistake in exercise.mistakes
        }
    for (one, a), (other, b) in itertools.combinations(shown.items(), 2):
        assert not all(same(exercise, x, y) for x, y in zip(a, b, strict=True)), (
            f"{one} and {other} cannot be told apart"
        )


@EACH
def test_declaration(exercise):
    assert len(exercise.mistakes) >= 5
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
    for mistake in exercise.mistakes:
        assert mistake.sentence.rstrip(")")[-1] in ".?"
        assert 20 < len(mistake.sentence) < 300


@EACH
def test_it_stands_on_the_ladder(exercise):
    assert exercise.level in get_args(Level)
    assert exercise.minutes in range(5, 31)
    assert len(set(exercise.hints)) == 3
    for words in (*exercise.hints, exercise.notice):
        assert 20 < len(words) < 400
        assert words.rstrip(")")[-1] in ".?"


HEAD = r"(?:## Goals\n+|What you will be able to do\n(?::class: tip\n)?)"
OBJECTIVES = re.compile(HEAD + r"((?:- .*\n)+)")


@pytest.mark.parametrize(("room", "names"), EXERCISES.by_room().items())
def test_its_page_says_what_it_costs_and_what_it_is_for(room, names):
    number = room.removeprefix("ch")
    pages = sorted(ROOT.glob(f"chapters/{number}*.ipynb"))  # the lesson, then its workbench pages
    cells = [cell for path in pages for cell in json.loads(path.read_text("utf-8"))["cells"]]
    sources = ["".join(cell["source"]) for cell in cells]
    box = next(text for text in sources if OBJECTIVES.search(text))
    objectives = OBJECTIVES.search(box)[1].splitlines()
    for name in names:
        exercise = EXERCISES[name]
        asked = next(k for k, text in enumerate(sources) if f'check("{name}"' in text) - 1
        effort = f"*{exercise.effort.capitalize()}.* "
        assert effort in sources[asked], name
        assert (f"{effort}★ " in sources[asked]) == exercise.starred, name
        lesson, place = exercise.objective.split(".")
        assert lesson == number
        assert 1 <= int(place) <= len(objectives)


@EACH
def test_reference_passes(exercise):
    assert engine.judge(exercise, exercise.reference).kind == "passed"


@EACH
@pytest.mark.parametrize("value", [None, ..., (..., ...), (None, None)], ids=repr)
def test_untouched_stub(exercise, value):
    def stub(*args):
        return value

    verdict = engine.judge(exercise, stub)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not attempted yet")


@EACH
def test_stub_that_raises_not_implemented(exercise):
    def stub(*args):
        raise NotImplementedError("write me")

    assert engine.judge(exercise, stub).kind == "untouched"


@pytest.mark.parametrize(
    "gap",
    [
        lambda i, f, g, o, c: (..., f * c + i * g),
        lambda i, f, g, o, c: (o * torch.tanh(...), ...),
        lambda i, f, g, o, c: (torch.stack([...]), c),
        lambda i, f, g, o, c: (o * ..., c),
        lambda i, f, g, o, c: ((...).tanh(), c),
    ],
)
def test_a_stub_with_a_gap_left_is_not_finished(gap):
    verdict = engine.judge(EXERCISES["lstm-two-lines"], gap)
    assert verdict.kind == "untouched"
    assert verdict.sentence.startswith("not finished yet: a `...` is still to be filled in. (compl")


def test_an_index_with_three_dots_is_no_gap():
    verdict = engine.judge(EXERCISES["lstm-two-lines"], lambda i, f, g, o, c: (c[..., ...], c))
    assert verdict.kind == "failed"


def test_torchs_own_not_implemented_error_is_an_error():
    def unfinished(*args):
        return torch.nn.Module()(*args)

    verdict = engine.judge(EXERCISES["simple-step"], unfinished)
    assert verdict.kind == "failed"
    assert "NotImplementedError" in verdict.sentence


# States: h_0, and that of one step. A series: what is known, and what follows.
SERIES = ("scale-without-leaking", "windows-and-targets", "mase", "a-forecast-that-sees-the-future")
LEAST = {"bptt-two-lines": 2, "probe-after-each-row": 2} | dict.fromkeys(SERIES, 2)
"""The least size that is drawn, where it is not 1."""


@pytest.mark.parametrize("exercise", TAKING, ids=lambda exercise: exercise.name)
def test_draws_let_confusions_show(exercise):
    trials = [exercise.sizes(trial) for trial in exercise.trials]
    assert all(len(set(sizes.values())) == len(sizes) for sizes in trials)
    assert min(trials[0].values()) > 1
    for letter in trials[0]:
        assert {sizes[letter] for sizes in trials} > {LEAST.get(exercise.name, 1)}
    # Checkers work in float64: what is drawn must not depend on when it is drawn first.
    torch.set_default_dtype(torch.float64)
    try:
        again = replace(exercise).trials
    finally:
        torch.set_default_dtype(torch.float32)
    for one, other in zip(replace(exercise).trials, again, strict=True):
        assert all(
            torch.allclose(a, b, 0, 0, equal_nan=True) for a, b in zip(one, other, strict=True)
        )


@pytest.mark.parametrize("exercise", TAKING, ids=lambda exercise: exercise.name)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_perturbed_solution_never_passes(exercise, data):
    which = data.draw(st.integers(0, len(exercise.returns) - 1))
    place = data.draw(st.integers(0, 1000))
    size = data.draw(st.floats(1e-6, 10.0)) * data.draw(st.sampled_from([-1, 1]))
    whole = round(size) or 1  # what can be seen of whole numbers

    def perturbed(*args):
        returned = exercise.reference(*args)
        returned = list(returned) if isinstance(returned, tuple) else [returned]
        changed = returned[which].clone()
        changed.view(-1)[place % changed.numel()] += size if changed.is_floating_point() else whole
        returned[which] = changed
        return tuple(returned) if len(returned) > 1 else returned[0]

    verdict = engine.judge(exercise, perturbed, search=False)
    assert verdict.kind == "failed"
    name = list(exercise.returns)[which]
    assert f"{name} first differs" in verdict.sentence or f"{name} is right to" in verdict.sentence


class TestWords:
    def test_first_disagreement(self):
        def late(x, h_0, W, U, b):
            output, h_n = EXERCISES["simple-unroll"].reference(x, h_0, W, U, b)
            output = output.clone()
            output[1:, 0, -1] += 0.5
            return output, h_n

        verdict = engine.judge(EXERCISES["simple-unroll"], late)
        sizes = EXERCISES["simple-unroll"].sizes(EXERCISES["simple-unroll"].trials[0])
        place = f"output first differs at t = 2, batch element 0, unit {sizes['H'] - 1}: yours "
        assert place in verdict.words
        assert f"({sizes['T'] - 1} of " in verdict.words

    def test_numbers_get_the_digits_that_tell_them_apart(self):
        def slightly(*args):
            return EXERCISES["simple-step"].reference(*args) + 3e-4

        sentence = engine.judge(EXERCISES["simple-step"], slightly, search=False).sentence
        yours, expected = sentence.split("yours ")[1].split(" (")[0].split(", expected ")
        assert yours != expected

    def test_float32_inside_is_recognised(self):
        def rounded(*args):
            return EXERCISES["simple-step"].reference(*(a.float() for a in args)).double()

        assert "a part in float32" in engine.judge(EXERCISES["simple-step"], rounded).sentence

    def test_error_with_line_and_shapes(self):
        def wrong(x, h, W, U, b):
            total = torch.einsum("bd,dh->bh", x, W)
            return torch.tanh(total + h @ U.T + b)

        verdict = engine.judge(EXERCISES["simple-step"], wrong)
        assert verdict.sentence.startswith("your function raised RuntimeError: einsum")
        assert "x (B, D) = (" in verdict.sentence
        line = wrong.__code__.co_firstlineno + 1
        assert verdict.details == (f'at line {line}: total = torch.einsum("bd,dh->bh", x, W)',)

    def test_mistake_that_raises_quotes_the_line(self):
        def wrong(x, h, W, U, b):
            return torch.tanh(x @ W + h @ U.T + b)

        verdict = engine.judge(EXERCISES["simple-step"], wrong)
        assert verdict.mistake == "W-not-transposed"
        assert verdict.details[0].endswith("return torch.tanh(x @ W + h @ U.T + b)")


class TestCheck:
    def test_prints_one_verdict_and_returns_nothing(self, capsys):
        assert check("simple-step", EXERCISES["simple-step"].reference, record=False) is None
        exercise = EXERCISES["simple-step"]
        printed = capsys.readouterr().out.splitlines()
        drawn = len(exercise.trials)
        assert printed[0] == f"✓ simple-step: correct on {drawn} drawn inputs of different sizes."
        assert printed[1].startswith("  Worth noticing: U is square")

    def test_marks(self, capsys):
        check("simple-step", lambda *args: ..., record=False)
        printed = capsys.readouterr().out
        assert printed == "○ simple-step: not attempted yet. (write, 10 minutes.)\n"
        check("simple-step", lambda *args: "h", record=False)
        assert capsys.readouterr().out.startswith("✗ simple-step: h_new is a str")

    def test_same_words_every_time(self, capsys):
        def wrong(x, h, W, U, b):
            return torch.tanh(x @ W.T * 1.1 + h @ U.T + b) + torch.rand(1)

        printed = []
        for seed in range(2):
            engine._failures.clear()
            torch.manual_seed(seed)
            check("simple-step", wrong, record=False)
            printed.append(capsys.readouterr().out)
        assert printed[0] == printed[1]

    def test_hints_are_offered_after_the_second_failure(self, capsys):
        engine._failures.clear()
        exercise = EXERCISES["simple-step"]

        def step(*args):
            return args[1]

        printed = []
        for hint in (0, 0, 1, 3):
            check("simple-step", step, hint=hint, record=False)
            printed.append(" ".join(capsys.readouterr().out.split()))
        assert "hint" not in printed[0].lower()
        assert printed[1].endswith('check("simple-step", step, hint=1) gives the first of three.')
        assert printed[2].endswith(f"Hint 1 of 3: {exercise.hints[0]}")
        assert printed[3].endswith(f"Hint 3 of 3: {exercise.hints[2]}")
        with pytest.raises(ValueError, match="hint must be 1, 2 or 3, got 4"):
            check("simple-step", step, hint=4)

    def test_unknown_name(self):
        with pytest.raises(ValueError, match="got 'simple-stp'; did you mean 'simple-step'"):
            check("simple-stp", lambda: None)
        with pytest.raises(ValueError, match=r"'make-windows' or .*'delay-by-hand'"):
            check("???", lambda: None)
        with pytest.raises(TypeError, match="name must be a str"):
            check(lambda: None, "simple-step")

    def test_console_that_cannot_print_marks(self, monkeypatch):
        import io

        stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
        monkeypatch.setattr("sys.stdout", stream)
        check("simple-step", EXERCISES["simple-step"].reference, record=False)
        stream.flush()
        assert stream.buffer.getvalue().startswith(b"? simple-step: correct")


def test_the_exercise_of_the_docstring_works():
    def scale(x, a):
        return a * x

    exercise = Exercise(
        name="scale-units",
        title="A weight for each unit",
        level="write",
        minutes=5,
        objective="02.1",
        hints=("What has the shape of y?", "Which axes do x and a share?", "Multiply."),
        notice="a (H) meets x (B, H) at its last axis: torch lines shapes up from the right.",
        takes={"x": "B H", "a": "H"},
        returns={"y": "B H"},
        reference=scale,
        mistakes=(Mistake("added", "a is added; should it not multiply?", {"a * x": "a + x"}),),
    )
    assert exercise.signature == "scale(x, a) -> y"
    assert engine.judge(exercise, scale).kind == "passed"
    assert engine.judge(exercise, lambda x, a: a + x).mistake == "added"
    assert engine.judge(exercise, lambda x, a: a * x * x).mistake == "one-change"
    assert engine.judge(exercise, lambda x, a: a.cos() + x).mistake is None
