"""Quizzes on the built pages: by keyboard alone, kept and reset, and nothing given away."""

import base64
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from visit import PHONE, Visit, over

from check_pages import ROOT

PAGES = {
    path.stem[:2]: f"chapters/{path.stem}" for path in ROOT.glob("chapters/[0-9][0-9]-*.ipynb")
}
LESSONS = ROOT / "src" / "rnncourse" / "lessons"
CHAPTERS = sorted(path.parent.name[2:] for path in LESSONS.glob("ch[0-9][0-9]/quiz.toml"))
assert CHAPTERS
on_every_quiz = pytest.mark.parametrize("chapter", CHAPTERS)
on_every_kind = pytest.mark.parametrize("chapter", ["02", "08"])  # 08 asks all kinds of questions
OPEN, RIGHT, WRONG = "", "rnnbook-quiz-right", "rnnbook-quiz-wrong"


def asked(chapter: str) -> list[dict]:
    """The questions as they stand in the file, then those of earlier lessons."""
    file = tomllib.loads((LESSONS / f"ch{chapter}" / "quiz.toml").read_text(encoding="utf-8"))
    again = [name.split("/") for name in file.get("earlier", [])]
    return file["question"] + [
        question for lesson, id in again for question in asked(lesson) if question["id"] == id
    ]


def flat(text: str) -> str:
    """A text of a file as the page shows it."""
    return re.sub(r"</?(code|em|sub|sup)>", "", " ".join(text.split()))


class Quiz:
    """A quiz on a page, used as a reader does."""

    def __init__(self, visit: Visit, chapter: str) -> None:
        self.visit, self.page, self.chapter = visit, visit.page, chapter
        self.questions = asked(chapter)
        self.show()

    def show(self) -> None:
        address = f"{self.visit.base}{PAGES[self.chapter]}.html"
        self.page.goto(address, wait_until="domcontentloaded")
        host = self.page.locator('.rnnbook-host[data-figure="quiz"]')
        host.scroll_into_view_if_needed()
        self.root = host.locator(".rnnbook-quiz")
        self.root.wait_for()

    def form(self, number: int):
        return self.root.locator("form").nth(number)

    def check(self, number: int) -> None:
        self.form(number).get_by_role("button", name="Check").click()

    def said(self, number: int) -> str:
        return self.form(number).locator(".rnnbook-quiz-feedback").inner_text()

    def wait_for_result(self, line: str) -> None:
        self.root.locator(".rnnbook-says").get_by_text(line, exact=True).wait_for()

    def steps(self, number: int) -> list[str]:
        return self.form(number).locator("li .rnnbook-quiz-step").all_inner_texts()

    def first(self, kind: str) -> int:
        return next(n for n, question in enumerate(self.questions) if question["kind"] == kind)


class Keyboard:
    """Nothing but keys; it looks only where the focus is."""

    def __init__(self, page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab_to(self, target) -> None:
        """Tab forwards until the focus is there, then backwards."""
        for key, times in (("Tab", 40), ("Shift+Tab", 80)):
            for _ in range(times):
                if target.evaluate("element => element === document.activeElement"):
                    return
                self.press(key)
        raise AssertionError(f"Tab never came to {target}")

    def answer(self, form, question: dict) -> None:
        """Answer rightly."""
        if question["kind"] == "single":
            right = [bool(option.get("right")) for option in question["option"]].index(True)
            self.tab_to(form.locator("input").first)
            self.press("Space")
            for _ in range(right):
                self.press("ArrowDown")
        elif question["kind"] == "multiple":
            for place, option in enumerate(question["option"]):
                if option.get("right"):
                    self.tab_to(form.locator("input").nth(place))
                    self.press("Space")
        elif question["kind"] == "numeric":
            self.tab_to(form.locator("input"))
            self.page.keyboard.type(str(question["answer"]))
        elif question["kind"] == "weights":
            for place, weight in enumerate(question["weight"]):
                start = question[weight["place"]][weight.get("block", 0)]
                steps = 100 * (weight["answer"] - start) / (weight["most"] - weight["least"])
                self.tab_to(form.locator("input").nth(place))
                for _ in range(abs(round(steps))):
                    self.press("ArrowRight" if steps > 0 else "ArrowLeft")
        elif question["kind"] == "own words":
            self.tab_to(form.locator("textarea"))
            self.page.keyboard.type("As it is.")
            self.tab_to(form.get_by_role("button", name="Check"))
            self.press("Enter")
            for place in range(len(question["points"])):
                self.tab_to(form.locator("input").nth(place))
                self.press("Space")
        else:
            for place, step in enumerate(question["step"]):
                items = form.locator("li .rnnbook-quiz-step").all_inner_texts()
                found = items.index(flat(step["text"]))
                self.tab_to(form.locator("li").nth(found).get_by_role("button").first)
                for _ in range(found - place):
                    self.press("Enter")


@pytest.fixture
def quiz(visit: Visit) -> Quiz:
    """The quiz of chapter 02, which has all kinds but one's own words."""
    assert {question["kind"] for question in asked("02")} >= set(KIND_ANSWERS) - {"own words"}
    return Quiz(visit, "02")


@on_every_kind
def test_every_kind_of_question_is_answered_by_keyboard_alone(visit: Visit, chapter: str) -> None:
    assert chapter != "08" or {question["kind"] for question in asked(chapter)} == set(KIND_ANSWERS)
    quiz, keys = Quiz(visit, chapter), Keyboard(visit.page)
    quiz.root.evaluate("root => { root.tabIndex = -1; root.focus(); }")
    for number, question in enumerate(quiz.questions):
        form = quiz.form(number)
        keys.answer(form, question)
        keys.tab_to(form.get_by_role("button", name="Check"))
        keys.press("Enter")
        assert quiz.said(number).startswith("✓ Right."), question["id"]
        assert form.locator("button[type=submit]").evaluate("b => b === document.activeElement")
    quiz.wait_for_result(f"All {len(quiz.questions)} right.")
    assert visit.faults == []


# For each kind: how to give an answer by mouse, wrong at first.
KIND_ANSWERS = {
    "single": lambda form: form.locator("input").nth(0).check(),
    "multiple": lambda form: form.locator("input").nth(1).check(),
    "numeric": lambda form: form.locator("input").fill("31000"),
    "order": lambda form: form.get_by_role("button", name="Down").first.click(),
    "weights": lambda form: form.locator("input").first.press("ArrowRight"),
    "own words": lambda form: write(form, "something else"),
}
GIVEN = {kind: give for kind, give in KIND_ANSWERS.items() if kind != "own words"}


def write(form, words: str) -> None:
    """Answer in words and ask for the model answer."""
    form.locator("textarea").fill(words)
    form.get_by_role("button", name="Check").click()


@over(scheme=["http", "file"])
def test_each_kind_explains_a_wrong_answer(quiz: Quiz) -> None:
    for kind, give in GIVEN.items():
        number = quiz.first(kind)
        question = quiz.questions[number]
        give(quiz.form(number))
        quiz.check(number)
        said = quiz.said(number)
        assert said.startswith("✗ Not yet.")
        if kind == "single":
            assert flat(question["option"][0]["why"]) in said
        elif kind == "multiple":
            assert f"Ticked: “{flat(question['option'][1]['text'])}”" in said
            for option in question["option"]:
                missed = f"Left out: “{flat(option['text'])}” {flat(option['why'])}"
                assert (missed in said) is bool(option.get("right"))
        elif kind == "numeric":
            assert flat(question["mistake"][0]["why"]) in said
        elif kind == "weights":
            assert said.splitlines()[-1].startswith("At step 1 h is ")
            assert flat(question["hint"]) in said
        else:
            assert f"Too early as step 1: “{quiz.steps(number)[0]}”" in said
    assert quiz.visit.faults == []


def test_nothing_chosen_is_not_wrong(quiz: Quiz) -> None:
    for kind, words in {"single": "Choose first.", "multiple": "Choose first."}.items():
        quiz.check(quiz.first(kind))
        assert quiz.said(quiz.first(kind)) == words
    quiz.check(quiz.first("numeric"))
    assert quiz.said(quiz.first("numeric")) == "Give a number first."
    quiz.wait_for_result(f"0 of {len(quiz.questions)} right; all are still open.")


def test_a_changed_answer_is_open_again(quiz: Quiz) -> None:
    number = quiz.first("numeric")
    field = quiz.form(number).locator("input")
    field.fill(str(quiz.questions[number]["answer"]))
    field.press("Enter")  # as good as the button
    assert quiz.said(number).startswith("✓ Right.")
    field.fill("7")
    assert quiz.said(number) == ""
    quiz.wait_for_result(f"0 of {len(quiz.questions)} right; all are still open.")


def test_a_moved_step_keeps_the_focus_and_is_told(quiz: Quiz) -> None:
    number = quiz.first("order")
    form, before = quiz.form(number), quiz.steps(number)
    down = form.locator("li").first.get_by_role("button", name="Down")
    assert down.get_attribute("aria-label") == f"Down: {before[0]}"
    down.click()
    assert quiz.steps(number)[:2] == [before[1], before[0]]
    assert quiz.said(number) == f"“{before[0]}” is now step 2 of {len(before)}."
    for _ in before:
        quiz.page.keyboard.press("Enter")
    assert quiz.steps(number)[-1] == before[0]
    assert quiz.said(number) == f"“{before[0]}” is the last step already."
    focused = quiz.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == f"Down: {before[0]}"
    assert quiz.page.evaluate("document.activeElement.getAttribute('aria-disabled')") == "true"


@over(scheme=["http", "file"])
def test_answers_are_kept_until_they_are_reset(quiz: Quiz) -> None:
    for kind, give in GIVEN.items():
        give(quiz.form(quiz.first(kind)))
        quiz.check(quiz.first(kind))
    numbers = sorted(quiz.first(kind) for kind in GIVEN)
    before = [quiz.said(number) for number in numbers]
    steps = quiz.steps(quiz.first("order"))

    quiz.show()
    assert [quiz.said(number) for number in numbers] == before
    assert quiz.steps(quiz.first("order")) == steps
    assert quiz.form(quiz.first("numeric")).locator("input").input_value() == "31000"
    assert quiz.form(quiz.first("single")).locator("input").first.is_checked()
    assert quiz.form(quiz.first("multiple")).locator("input").nth(1).is_checked()

    quiz.root.get_by_role("button", name="Reset my answers").click()
    for _ in range(2):
        quiz.wait_for_result(f"0 of {len(quiz.questions)} right; all are still open.")
        assert [quiz.said(number) for number in numbers] == [""] * len(numbers)
        assert quiz.root.locator("input:checked").count() == 0
        assert quiz.form(quiz.first("numeric")).locator("input").input_value() == ""
        assert quiz.steps(quiz.first("order")) != steps
        quiz.show()
    assert quiz.visit.faults == []


def test_answers_to_an_older_edition_are_left(quiz: Quiz) -> None:
    name = quiz.questions[quiz.first("numeric")]["id"]
    kept = json.dumps({"edition": "older", "answers": {name: 620}, "right": 1, "of": 6})
    quiz.page.evaluate("kept => localStorage.setItem('rnnbook-quiz-02', kept)", kept)
    quiz.show()
    assert quiz.said(quiz.first("numeric")) == ""


def test_a_browser_that_keeps_nothing_can_be_used(visit: Visit) -> None:
    visit.page.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"]) {
             const method = Storage.prototype[name];
             Storage.prototype[name] = function (key, value) {
               if (key.startsWith("rnnbook")) throw new DOMException("refused", "SecurityError");
               return method.call(this, key, value);
             };
           }"""
    )
    quiz = Quiz(visit, "02")
    number = quiz.first("numeric")
    quiz.form(number).locator("input").fill("620")
    quiz.check(number)
    assert quiz.said(number).startswith("✓ Right.")
    quiz.root.get_by_role("button", name="Reset my answers").click()
    assert quiz.said(number) == ""
    assert visit.faults == []


def test_how_to_use_shows_what_was_answered(quiz: Quiz) -> None:
    number = quiz.first("numeric")
    quiz.form(number).locator("input").fill("620")
    quiz.check(number)
    quiz.visit.go("book/how-to-use")
    row = quiz.page.locator("#reading-progress li")
    assert row.inner_text() == f"2 · The simple recurrent network: 1 of {len(quiz.questions)} right"
    quiz.page.locator("#clear-progress").click()
    quiz.show()
    assert quiz.said(number) == ""


@on_every_quiz
def test_the_source_gives_nothing_away(site: Path, chapter: str) -> None:
    source = (site / f"{PAGES[chapter]}.html").read_text(encoding="utf-8")
    host = re.search(
        r'<div class="rnnbook-host" data-figure="quiz">.*?</script></div>', source, re.S
    )
    traits = json.loads(re.search(r"<script[^>]*>(.*)</script>", host[0], re.S)[1])
    unsealed = base64.b64decode(traits.pop("sealed")).decode()
    assert traits == {"answers": {}, "chapter": chapter, "score": 0}
    for question in asked(chapter):
        assert question["id"] in unsealed
        parts = [question, *question.get("option", []), *question.get("mistake", [])]
        for part in [*parts, *question.get("step", [])]:
            for field in ("why", "hint", "early"):
                if field in part:
                    words = " ".join(part[field].split())
                    assert words in unsealed
                    assert words not in host[0]


ALONE = """() => {
  const kept = document.querySelector('.rnnbook-host[data-figure="quiz"]');
  for (const element of document.querySelectorAll("article *")) {
    if (!kept.contains(element) && !element.contains(kept)) element.remove();
  }
}"""


@on_every_kind
def test_a_quiz_with_answers_is_accessible_and_fits_a_phone(visit: Visit, chapter: str) -> None:
    visit.page.set_viewport_size(PHONE)
    quiz = Quiz(visit, chapter)
    # What is asked here takes longer the larger the page is: the quiz stays where it is, alone.
    visit.page.evaluate(ALONE)
    for number, question in enumerate(quiz.questions):
        KIND_ANSWERS[question["kind"]](quiz.form(number))
        quiz.check(number)
    states = quiz.root.locator(".rnnbook-quiz-feedback").evaluate_all(
        "all => all.map(f => f.className.replace('rnnbook-quiz-feedback', '').trim())"
    )
    assert set(states) <= {RIGHT, WRONG}
    assert WRONG in states
    for field in quiz.root.locator("fieldset, input, button, p").all():
        box = field.bounding_box()
        assert box["x"] + box["width"] <= PHONE["width"]
    visit.page.add_style_tag(content="* { transition: none !important }")
    for theme in ("light", "dark"):
        visit.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = Axe().run(visit.page, context=".rnnbook-quiz").response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


IN_A_NOTEBOOK = """async ([module, traits]) => {
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const figure = (await import(url)).default;
  const listeners = {};
  globalThis.model = {
    traits,
    saved: 0,
    get: (name) => traits[name],
    set(name, value) { traits[name] = value; },
    save_changes() { model.saved += 1; },
    on(event, listener) { listeners[event] = listener; },
    off(event) { delete listeners[event]; },
    fromKernel(name, value) { traits[name] = value; listeners[`change:${name}`](); },
    listeners,
  };
  const el = document.createElement("div");
  document.querySelector("article").prepend(el);
  globalThis.leave = figure.render({ model, el });
}"""


NOTEBOOK = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>A notebook</title>'
    "<main><article></article></main>"
)


@pytest.fixture
def live(visit: Visit) -> Iterator[Callable]:
    """The module that a notebook gets, with a model of which the test keeps hold."""
    figures = pytest.importorskip("rnncourse.figures")

    def show(**traits):
        visit.page.route("**/notebook.html", lambda route: route.fulfill(body=NOTEBOOK))
        visit.page.goto(f"{visit.base}notebook.html")  # the book's pages let no text run
        settings = figures.Quiz("02").settings() | traits
        visit.page.evaluate(IN_A_NOTEBOOK, [figures.bundle.live("quiz"), settings])
        return visit.page

    yield show
    assert visit.faults == []


def test_a_kernel_is_told_and_can_tell(live) -> None:
    page = live()
    field = page.locator(".rnnbook-quiz input[type=number]")
    field.fill("620")
    # or JupyterLab would take the keys: it asks the element that has the focus
    assert field.get_attribute("data-lm-suppress-shortcuts") == "true"
    field.press("Enter")
    state = "[model.traits.answers, model.traits.score]"
    assert page.evaluate(state) == [{"parameters": 620}, 1]
    assert page.evaluate("model.saved") > 0

    given = {"how-far-back": 0, "parameters": "many", "no-question": 1}
    page.evaluate("given => model.fromKernel('answers', given)", given)
    assert page.evaluate(state) == [{"how-far-back": 0}, 0]
    assert page.locator(".rnnbook-quiz input").first.is_checked()
    assert field.input_value() == ""
    page.evaluate("model.fromKernel('answers', {})")
    assert page.locator(".rnnbook-quiz input:checked").count() == 0

    page.evaluate("leave()")
    assert page.locator(".rnnbook-quiz").count() == 0
    assert page.evaluate("Object.keys(model.listeners)") == []


def test_what_is_not_markup_stays_text(live) -> None:
    text = 'a <code>x<sub>1</sub></code> < 2 <img src="x" onerror="no()"></em> &lt;<b>b</b>'
    option = {"text": text, "why": text, "right": True}
    question = {"id": "one", "kind": "single", "text": text, "options": [option]}
    content = json.dumps({"edition": "now", "questions": [question]})
    page = live(sealed=base64.b64encode(content.encode()).decode())
    page.locator(".rnnbook-quiz input").check()
    page.locator(".rnnbook-quiz [type=submit]").click()
    shown = 'a x1 < 2 <img src="x" onerror="no()"> &lt;<b>b</b>'
    for place in ("legend > span:last-child", "label", ".rnnbook-quiz-feedback p:last-child"):
        assert page.locator(f".rnnbook-quiz {place}").text_content() == shown
    assert page.locator(".rnnbook-quiz code sub").all_text_contents() == ["1"] * 3
    assert page.locator(".rnnbook-quiz :is(img, b)").count() == 0
