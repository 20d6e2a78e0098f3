"""Quizzes: their files, and what a page and a kernel get of them."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from rnncourse import rooms
from rnncourse.checking.quiz import (
    MultipleChoice,
    NumericAnswer,
    OrderedSteps,
    Question,
    QuizError,
    SingleChoice,
    chapters_with_quiz,
    load_file,
    load_quiz,
    read_quiz,
)
from rnncourse.figures import Prediction, Quiz, Try
from rnncourse.figures.quiz import shown_order

ROOT = Path(__file__).parents[2]
NUMBERED = sorted((ROOT / "chapters").glob("[0-9][0-9]-*.ipynb"))
QUESTIONS = [
    pytest.param(question, id=f"{chapter}-{question.id}")
    for chapter in chapters_with_quiz()
    for question in load_quiz(chapter)
]
KINDS = {SingleChoice, MultipleChoice, NumericAnswer, OrderedSteps}


# The files


def test_there_is_nothing_but_quizzes_of_chapters_and_checkpoints_and_predictions():
    files = {path.parent.name for path in rooms.LESSONS.rglob("*.toml")}
    others = files - {f"ch{chapter}" for chapter in chapters_with_quiz()}
    assert set(chapters_with_quiz()) <= {path.name[:2] for path in NUMBERED}
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "chapters").glob("*.ipynb"))
    for room in others:
        asked = load_quiz(room)
        if not asked:
            for one in load_file(room).predictions:
                assert f'Prediction(\\"{room}\\", \\"{one.id}\\")' in pages, room
            continue
        assert f'Quiz(\\"{room}\\")' in pages, room
        assert len(asked) == 8
        assert len({question.id[:2] for question in asked}) >= 5, "mixed"


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_every_chapter_asks_five_questions_or_more(path):
    chapter = path.name[:2]
    assert len(load_quiz(chapter)) >= 5
    sources = ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]
    assert f'Quiz("{chapter}")' in sources
    assert "## Quiz" in "\n".join(sources)


def test_every_kind_is_used_in_each_two_chapters():
    known = {int(chapter) for chapter in chapters_with_quiz()}
    for first in sorted(chapter for chapter in known if chapter % 2 and chapter + 1 in known):
        pair = f"{first:02}", f"{first + 1:02}"
        questions = [question for chapter in pair for question in load_quiz(chapter)]
        assert {type(question) for question in questions} >= KINDS, pair


@pytest.mark.parametrize("question", QUESTIONS)
def test_texts_are_finished(question):
    for text in texts(question):
        assert text[-1] not in " ,;:", text
        assert not re.search(r"\.\.\.|  | [.,;?]", text), text
    for explanation in explanations(question):
        assert explanation[-1] in ".?!)", explanation
        assert len(explanation) >= 25, explanation


def texts(question: Question) -> list[str]:
    found = [question.text]
    found += [option.text for option in getattr(question, "options", ())]
    found += [step.text for step in getattr(question, "steps", ())]
    return found + explanations(question)


def explanations(question: Question) -> list[str]:
    found = [
        getattr(question, field) for field in ("why", "hint", "model") if hasattr(question, field)
    ]
    found += getattr(question, "points", ())
    found += [option.why for option in getattr(question, "options", ())]
    found += [mistake.why for mistake in getattr(question, "mistakes", ())]
    return found + [step.early for step in getattr(question, "steps", ()) if step.early]


# Errors of a file

GOOD = """
[[question]]
id = "one"
kind = "single"
text = "Which?"
[[question.option]]
text = "This"
why = "Because."
right = true
[[question.option]]
text = "That"
why = "No."
[[question]]
id = "two"
kind = "numeric"
text = "How many?"
answer = 2
why = "Yes."
hint = "Count."
[[question.mistake]]
answer = 3
why = "One too many."
[[question]]
id = "three"
kind = "order"
text = "In order."
why = "Yes."
[[question.step]]
text = "first"
[[question.step]]
text = "second"
early = "After the first."
[[question.step]]
text = "third"
early = "After the second."
"""

MISTAKE = '[[question.mistake]]\nanswer = 3\nwhy = "One too many."\n'
BROKEN = [
    ('id = "two"', 'id = "one"', "two questions have the id 'one'"),
    ('id = "two"', "", r"question 2: id: is missing"),
    ('id = "two"', 'id = "Two!"', "question 2: id: must be like"),
    ('"single"', '"simple"', r"question 1 \(one\): kind: must be one of single, .* 'simple'"),
    ('"Which?"', '" "', r"question 1 \(one\): text: is empty"),
    ('"Which?"', "7", "text: must be a text, got 7"),
    ('"Which?"', '"Which <b>one</b>?"', r"text: '<b>' is not one of <code>"),
    ('"Which?"', '"Which <em class>one</em>?"', "text: '<em class>' is not one of"),
    ('"Which?"', '"Which <em>one?"', "text: <em> is not closed"),
    ('"Which?"', '"Which <em><sub>a</em></sub>?"', "text: </em> closes what is not open"),
    ('"Which?"', '"Which $x$?"', r"text: \$ and ` mean nothing here"),
    ("right = true", "", "option: exactly one must be right, and 0 are"),
    ("right = true", 'right = "yes"', "option 1: right: must be true or false"),
    ('why = "No."', 'why = "No."\nright = true', "exactly one must be right, and 2 are"),
    ('why = "No."', "", r"question 1 \(one\), option 2: why: is missing"),
    ('why = "No."', 'why = "No."\nwhen = 1', "option 2: when: there is no such field here"),
    ('"That"', '"This"', "option: number 2 says the same as one before it: 'This'"),
    ("answer = 2\n", "answer = true\n", r"question 2 \(two\): answer: must be a finite number"),
    ("answer = 2\n", "answer = inf\n", "answer: must be a finite number, got inf"),
    ("answer = 2\n", "answer = 2\ntolerance = -1\n", "tolerance: must not be negative, got -1"),
    ("answer = 2\n", "answer = 2\ntolerance = 0.5\n", "mistake 1: answer: 3 is too close to 2"),
    ('hint = "Count."', "", r"question 2 \(two\): hint: is missing"),
    ('early = "After the first."', "", r"\(three\), step 2: early: is missing"),
    ('"first"', '"first"\nearly = "x"', "step 1: early: the first step can never be too early"),
    ('"second"', '"first"', "step: number 2 says the same"),
    (MISTAKE, "", r"question 2 \(two\): mistake: at least 1 of \[\[…mistake\]\]"),
    (GOOD, "", "broken.toml: question: at least 1 of"),
    ("[[question]]", "[[questions]]", "broken.toml: question: must be a list of tables"),
    ("answer = 2\n", "answer =\n", r"broken\.toml: Invalid value"),
]


def test_a_good_file_is_read(tmp_path):
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    single, numeric, order = read_quiz(tmp_path / "good.toml").questions
    assert [option.right for option in single.options] == [True, False]
    assert numeric.answer == 2
    assert numeric.tolerance == 0
    assert [step.text for step in order.steps] == ["first", "second", "third"]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN)
def test_a_broken_file_is_refused_with_its_place(tmp_path, old, new, message):
    assert old in GOOD
    path = tmp_path / "broken.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(QuizError, match=message) as caught:
        read_quiz(path)
    assert str(caught.value).startswith(f"{tmp_path.name}/broken.toml")


MORE = """
earlier = ["01/one"]
[[prediction]]
id = "before"
text = "What will come?"
[[prediction.option]]
text = "This"
why = "It does, for once, and the page shows it."
right = true
[[prediction.option]]
text = "That"
why = "It would have to be otherwise for that."
[[goal]]
id = "02.1"
claims = ["a-claim"]
[[question]]
id = "said"
kind = "own words"
goal = "02.1"
text = "Why?"
model = "Because of this and that."
points = ["That this.", "That that."]
"""


def lessons(tmp_path, monkeypatch, **files):
    for room, text in files.items():
        (tmp_path / room).mkdir()
        (tmp_path / room / "quiz.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rooms, "LESSONS", tmp_path)


def test_predictions_goals_own_words_and_earlier_questions(tmp_path, monkeypatch):
    lessons(tmp_path, monkeypatch, ch01=GOOD, ch02=MORE)
    file = load_file("02")
    assert file.goals == {"02.1": ("a-claim",)}
    assert [option.right for option in file.predictions[0].options] == [True, False]
    said, again = load_quiz("02")
    assert said.points == ("That this.", "That that.")
    assert again == dataclasses.replace(load_quiz("01")[0], id="01/one")
    page = Quiz("02").page()
    assert "Why?" in page
    assert "That this." not in page
    before = Prediction("02", "before")
    assert "What will come?" in before.page()
    assert before.still().count("<details>") == 1
    assert not re.search(r'"(right|why)"', before.page())
    with pytest.raises(ValueError, match="id must be one of before, got 'after'"):
        Prediction("02", "after")
    with pytest.raises(ValueError, match="id must be one of none at all, got 'x'"):
        Try("02", "x")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["01/one"]', '["01/four"]', "no question '01/four' of an earlier lesson"),
        ('["01/one"]', '["02/said"]', "no question '02/said' of an earlier lesson"),
        ('["01/one"]', '"01/one"', "earlier: must be a list of texts"),
        ('id = "before"', 'id = "said"', "two questions have the id 'said'"),
        ('goal = "02.1"', 'goal = "02.2"', "question 'said': no goal '02.2' of this page"),
        ('["That this.", "That that."]', '["That this."]', "points: must be a list of at least 2"),
        ('"That that."', '"That this."', "points: number 2 says the same"),
        ("right = true", "", "prediction 1 .*option: exactly one must be right"),
    ],
)
def test_what_is_wrong_with_them_is_named(tmp_path, monkeypatch, old, new, message):
    assert old in MORE
    lessons(tmp_path, monkeypatch, ch01=GOOD, ch02=MORE.replace(old, new))
    with pytest.raises(QuizError, match=message):
        load_quiz("02")


def test_ticks_need_one_that_is_right(tmp_path):
    text = GOOD.replace('"single"', '"multiple"').replace("right = true", "")
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    with pytest.raises(QuizError, match="option: at least one must be right"):
        read_quiz(tmp_path / "x.toml")


def test_a_chapter_without_a_quiz_is_named():
    with pytest.raises(ValueError, match=r"chapter must be one of 01, .*, got '99'"):
        Quiz("99")


# What a page and a kernel get


@pytest.mark.parametrize("chapter", chapters_with_quiz())
def test_the_page_asks_and_does_not_answer(chapter):
    page = Quiz(chapter).page()
    plain = re.sub(r"<[^>]*>", "", page)
    for question in load_quiz(chapter):
        assert plain_text(question.text) in plain
        for explanation in explanations(question):
            assert plain_text(explanation) not in plain
    assert "right&quot;" not in page
    assert not re.search(r'"(right|why|place|early)"', page)
    assert len(page) < 20_000


def plain_text(text: str) -> str:
    stripped = re.sub(r"</?(code|em|sub|sup)>", "", text)
    return stripped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_the_order_shown_is_that_of_the_still_picture():
    for chapter in chapters_with_quiz():
        still = Quiz(chapter).still()
        for question in load_quiz(chapter):
            if isinstance(question, OrderedSteps):
                found = [still.index(question.steps[place].text) for place in shown_order(question)]
                assert found == sorted(found)


def test_a_quiz_can_be_read_and_watched():
    quiz, seen = Quiz("02"), []
    quiz.observe(lambda change: seen.append((change["name"], change["new"])), ["answers", "score"])
    quiz.set_state({"answers": {"parameters": 620}, "score": 1})  # as a browser does
    assert seen == [("answers", {"parameters": 620}), ("score", 1)]
    assert quiz.questions == load_quiz("02")
    assert set(quiz.settings()) == {"answers", "chapter", "score", "sealed"}
