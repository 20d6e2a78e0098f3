"""The form of a page: what is counted on it, and that no page is over its budget."""

import pytest
from visit import Visit

import goals
import page_budget
import page_form
from check_pages import ROOT, toc_documents
from claims_ledger import records

PAGES = [name for name in toc_documents(ROOT / "_toc.yml") if name.startswith("chapters/")]
LESSONS = [name for name in PAGES if name.removeprefix("chapters/")[2:3] == "-"]
FIRST_SCREEN = 1350  # px from the top of the page, at a width of 1280


def form_of(site, name: str) -> page_form.Form:
    return page_form.measure((site / f"{name}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_its_budget(site, name: str) -> None:
    assert page_budget.over_budget(name, form_of(site, name)) == []


@pytest.mark.parametrize("name", LESSONS)
def test_the_first_screen_has_picture_equations_and_call(visit: Visit, name: str) -> None:
    visit.go(name)
    screen = visit.page.locator("section#in-one-screen")
    picture, equation = screen.locator("figure").first, screen.locator("div.math").first
    call = screen.locator(".cell_input .highlight pre").last
    parts = [picture, equation, call]
    if name == "chapters/11-rnn-lstm-gru":  # which one to take: a table
        parts = [screen.locator("table").first, call]
    if name in ("chapters/08-lstm", "chapters/10-gru"):  # most are come upon by a search
        parts.append(screen.locator(":scope > p").last)  # why, and when to take it
    for part in parts:
        box = part.bounding_box()
        assert box["y"] + box["height"] <= FIRST_SCREEN, part
    assert 1 <= len(call.inner_text().split("\n\n")[-1].splitlines()) <= 10


@pytest.mark.parametrize("name", LESSONS)
def test_every_goal_is_asked_for_exercised_and_shown(name: str) -> None:
    chapter = name.removeprefix("chapters/")[:2]
    notebooks = sorted(ROOT.glob(f"chapters/{chapter}*.ipynb"))
    made = {record["id"] for notebook in notebooks for record in records(notebook)}
    known = goals.tested(ROOT, chapter)
    names = [f"{chapter}.{place}" for place, _ in enumerate(goals.goals(notebooks[0]), start=1)]
    assert len(names) == 3
    for goal in names:
        questions, _, claims = known[goal]
        assert questions, goal
        assert claims, goal
        assert set(claims) <= made
    assert any(exercises for _, exercises, _ in known.values())


PAGE = """
<article><section id="a"><h1>5 · A<a class="headerlink">#</a></h1><p>A question?</p>
<div class="rnnbook-host" data-figure="prediction">x</div>
<section><h2>In one screen</h2><p>Not counted.</p></section>
<section><h2>Goals</h2><ul><li>one</li><li>two</li><li>three</li></ul></section>
<section><h2>The core</h2>
<p>Four words, <strong>a term</strong>, and <span class="math">x + y</span>
<button class="rnnbook-mark" popovertarget="evidence-a">✓</button>
<button class="rnnbook-mark" popovertarget="evidence-a">✓</button>.</p>
<div class="math"><p>z</p></div>
<details><summary>folded</summary><p>Not these words.</p><div class="highlight"><pre>a = 1
</pre></div></details>
<div class="cell"><div class="cell_input"><div class="highlight"><pre>def f():

    return 1
</pre></div></div><div class="cell_output"><p>nor these</p>
<figure class="rnnbook-picture"><svg role="img"></svg><figcaption>Look here.</figcaption></figure>
<svg role="img"></svg></div></div>
<table><tr><td>1<button class="rnnbook-mark" popovertarget="evidence-b">✓</button></td>
<td>2<button class="rnnbook-mark" popovertarget="evidence-c">✓</button></td></tr></table>
</section>
<section><h2>Quiz</h2><div class="rnnbook-host" data-figure="quiz"><ol class="rnnbook-quiz-still">
<li>one</li><li>two</li></ol></div></section>
<section><h2>Take with you</h2><ol><li>1</li></ol></section>
<section><h2>Exercises</h2><p><em>Write, 15 minutes.</em> ★ <em>Find, 10 minutes.</em></p></section>
</section></article>
"""


def test_what_is_counted() -> None:
    form = page_form.measure(PAGE)
    assert form.core == ["The core"]
    # The core · Four words a term and · two formulas · Look here · 1 2
    assert form.words == 2 + 5 + 2 + 2 + 2
    assert (form.lines, form.longest_cell, form.columns) == (2, 3, 12)
    assert form.terms == ["a term"]
    assert form.equations == 1
    assert form.claims == 2
    assert form.uncaptioned == 1
    assert (form.goals, form.questions, form.take_with_you) == (3, 2, 1)
    assert form.prediction
    assert form.do == 25
    assert form.starred == [15]


def test_what_is_over_budget_is_told_with_its_numbers() -> None:
    faults = page_budget.over_budget("chapters/05-a", page_form.measure(PAGE))
    assert "1 pictures without a caption, of at most 0" in faults
    assert "1 sections in the core, not 3 to 5: ['The core']" in faults
    assert "1 lines to take along, not 5 to 5" in faults
    assert "nothing to do with one's own network" in faults
    faults = page_budget.over_budget("chapters/05b-a", page_form.measure(PAGE))
    assert "no section 'What we found'" in faults
    assert page_budget.over_budget("chapters/c", page_form.Form(all_words=801)) == [
        "801 words, of at most 800"
    ]
