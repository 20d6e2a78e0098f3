"""What a quiz says of each answer: its questions, graded by the page's own JavaScript in Node."""

from __future__ import annotations

import base64
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from rnnbook import GRUCell, LSTMCell, SimpleCell
from rnncourse.checking.quiz import SetWeights, chapters_with_quiz, load_quiz
from rnncourse.figures import Quiz, bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from engine_node import node_executable


def run_node(script: str, given: object) -> list:
    """Run a module that makes `out` of `input`."""
    script = (
        'import { readFileSync } from "node:fs";\n'
        f'const input = JSON.parse(readFileSync(0, "utf8"));\n{script}\n'
        "process.stdout.write(JSON.stringify(out));"
    )
    command = [node_executable(), "--input-type=module", "--eval", script]
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sealed_questions(chapter: str) -> list[dict]:
    return json.loads(base64.b64decode(Quiz(chapter).sealed))["questions"]


def grade(cases: list[tuple[dict, object]]) -> list[dict]:
    """What the page says of some answers: `right` and `notes` of each."""
    module = bundle.JS / "quiz" / "grading.js"
    script = (
        f"import {{ gradeAnswer, isAnswer }} from {json.dumps(module.as_uri())};\n"
        "const out = input.map(([question, answer]) =>"
        " isAnswer(question, answer) ? gradeAnswer(question, answer) : null);"
    )
    return run_node(script, cases)


SEALED = [
    pytest.param(question, id=f"{chapter}-{question['id']}")
    for chapter in chapters_with_quiz()
    for question in sealed_questions(chapter)
]
OF_KIND = {
    kind: [param for param in SEALED if param.values[0]["kind"] == kind]
    for kind in ("single", "multiple", "numeric", "order")
}


@pytest.mark.parametrize("question", OF_KIND["single"])
def test_each_option_is_told_its_own_sentence(question):
    options = question["options"]
    said = grade([(question, index) for index in range(len(options))])
    assert [one["right"] for one in said] == [option["right"] for option in options]
    assert [one["notes"][0]["why"] for one in said] == [option["why"] for option in options]
    assert len({option["why"] for option in options}) == len(options)


@pytest.mark.parametrize("question", OF_KIND["multiple"])
def test_each_tick_too_many_and_too_few_is_named(question):
    options = question["options"]
    right = [index for index, option in enumerate(options) if option["right"]]
    choices = [
        list(ticked)
        for size in range(1, len(options) + 1)
        for ticked in itertools.combinations(range(len(options)), size)
    ]
    for ticked, said in zip(choices, grade([(question, c) for c in choices]), strict=True):
        assert said["right"] == (ticked == right)
        wrong = sorted(set(ticked) ^ set(right))
        expected = [options[index]["why"] for index in wrong] or [question["why"]]
        assert [note["why"] for note in said["notes"]] == expected
        for index, note in zip(wrong, said["notes"], strict=False):
            word = "Ticked" if index in ticked else "Left out"
            assert note["about"] == f"{word}: “{options[index]['text']}”"


@pytest.mark.parametrize("question", OF_KIND["numeric"])
def test_each_number_is_told_its_own_sentence(question):
    answer, tolerance = question["answer"], question["tolerance"]
    numbers = [answer, answer + tolerance, answer - tolerance, answer + 3e-12]
    for one in grade([(question, number) for number in numbers]):
        assert one == {"right": True, "notes": [{"about": "", "why": question["why"]}]}
    wrong = {mistake["answer"]: mistake["why"] for mistake in question["mistakes"]}
    near = (answer + sign * (1.5 * tolerance + 1e-3) for sign in (1, -1))
    for number in (12345.678, *near):
        if all(abs(number - known) > tolerance for known in wrong):
            wrong[number] = question["hint"]
    said = grade([(question, number) for number in wrong])
    assert [one["right"] for one in said] == [False] * len(wrong)
    assert [one["notes"][0]["why"] for one in said] == list(wrong.values())


@pytest.mark.parametrize("question", OF_KIND["order"])
def test_the_first_step_out_of_place_is_named(question):
    steps = question["steps"]
    orders = [list(order) for order in itertools.permutations(range(len(steps)))]
    for order, said in zip(orders, grade([(question, o) for o in orders]), strict=True):
        places = [steps[index]["place"] for index in order]
        out = next((i for i, place in enumerate(places) if i != place), None)
        (note,) = said["notes"]
        if out is None:
            assert said["right"]
            assert note == {"about": "", "why": question["why"]}
        else:
            step = steps[order[out]]
            assert not said["right"]
            assert note["about"] == f"Too early as step {out + 1}: “{step['text']}”"
            assert note["why"] == step["early"] != ""


def test_own_words_are_right_when_all_points_are_ticked():
    question = {"kind": "own words", "points": ["That this.", "That that."]}
    ticked = ([0, 1], [1], [], [0, 0], [2], None, "words")
    said = grade([(question, answer) for answer in ticked])
    assert [one and one["right"] for one in said] == [True, False, False, *[None] * 4]
    assert said[1]["notes"] == [{"about": "Still to be said:", "why": "That this."}]
    assert len(said[2]["notes"]) == 2


def test_what_is_no_answer_is_not_graded():
    single = {"kind": "single", "options": [{"right": True, "why": "x"}, {"why": "y"}]}
    multiple = {**single, "kind": "multiple", "why": "z"}
    numeric = {
        "kind": "numeric",
        "answer": 1,
        "tolerance": 0,
        "mistakes": [],
        "why": "",
        "hint": "",
    }
    order = {"kind": "order", "why": "", "steps": [{"place": 1}, {"place": 0}]}
    cases = [(single, answer) for answer in (None, -1, 2, 0.5, "0", [0])]
    cases += [(multiple, answer) for answer in (None, 0, [], [0, 0], [2], ["0"])]
    cases += [(numeric, answer) for answer in (None, "1", [1])]
    cases += [(order, answer) for answer in (None, [], [0], [0, 0], [0, 1, 2])]
    assert grade(cases) == [None] * len(cases)
    assert all(grade([(single, 1), (multiple, [0]), (numeric, 2), (order, [1, 0])]))


RESULTS = {
    "0 of 3 right; all are still open.": [None, None, None],
    "1 of 3 right; question 2 is not right yet; question 3 is still open.": [True, False, None],
    "0 of 3 right; questions 1, 2 and 3 are not right yet.": [False, False, False],
    "1 of 4 right; questions 1, 2 and 4 are still open.": [None, None, True, None],
    "2 of 4 right; questions 1 and 4 are not right yet.": [False, True, True, False],
    "All 2 right.": [True, True],
}


def test_the_result_is_a_line():
    module = (bundle.JS / "quiz" / "grading.js").as_uri()
    script = f'import {{ resultLine }} from "{module}";\nconst out = input.map(resultLine);'
    assert run_node(script, list(RESULTS.values())) == list(RESULTS)


@pytest.mark.parametrize("question", OF_KIND["order"])
def test_steps_are_not_shown_in_their_order(question):
    places = [step["place"] for step in question["steps"]]
    assert sorted(places) == list(range(len(places)))
    assert places[0] != 0


def run_by_the_package(question: SetWeights, answer: list[float]) -> list[float]:
    """What the unit holds at each step, by the book's own cells."""
    parameters = {place: list(getattr(question, place)) for place in "WUb"}
    for weight, value in zip(question.weights, answer, strict=True):
        parameters[weight.place][weight.block] = value
    torch.manual_seed(0)  # though every weight is set
    cell = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}[question.cell](1, 1)
    states, state = [], None
    with torch.no_grad():
        for name, parameter in cell.named_parameters():
            values = torch.tensor(parameters.get(name, [0.0]))
            parameter.copy_(values.view_as(parameter))
        for x_t in question.x:
            state = cell(torch.tensor([[x_t]]), state)
            states.append((state[0] if isinstance(state, tuple) else state).item())
    return states


WEIGHTS = [
    (chapter, question)
    for chapter in chapters_with_quiz()
    for question in load_quiz(chapter)
    if isinstance(question, SetWeights)
]


@pytest.mark.parametrize(("chapter", "question"), WEIGHTS, ids=[f"{c}-{q.id}" for c, q in WEIGHTS])
def test_weights_are_judged_as_the_package_runs_them(chapter, question):
    sealed = next(q for q in sealed_questions(chapter) if q["id"] == question.id)
    right = [weight.answer for weight in question.weights]
    start = [getattr(question, w.place)[w.block] for w in question.weights]
    middle = [(a + b) / 2 for a, b in zip(right, start, strict=True)]
    module = bundle.JS / "quiz" / "grading.js"
    script = (
        f"import {{ states }} from {json.dumps(module.as_uri())};\n"
        "const out = input.map(([question, answer]) => states(question, answer));"
    )
    for answer, states in zip(
        (right, start, middle),
        run_node(script, [(sealed, answer) for answer in (right, start, middle)]),
        strict=True,
    ):
        assert states == pytest.approx(run_by_the_package(question, answer), abs=1e-5)
    verdicts = grade([(sealed, right), (sealed, start)])
    assert verdicts[0] == {"right": True, "notes": [{"about": "", "why": question.why}]}
    assert not verdicts[1]["right"]
    (note,) = verdicts[1]["notes"]
    assert re.fullmatch(r"At step \d h is \S+, and should lie from \S+ to \S+\.", note["about"])
    assert note["why"] == question.hint
    assert grade([(sealed, right[:-1]), (sealed, [1e6] * len(right))]) == [None, None]
