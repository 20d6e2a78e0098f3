"""What a visitor finds in the figure that writes, on a page."""

import pytest

NAMES = {" ": "␣", "\n": "⏎", "\t": "⇥"}
BARS = """all => all.map(row => [
  row.cells[0].textContent,
  +row.cells[1].style.getPropertyValue("--given"),
  +row.cells[1].style.getPropertyValue("--drawn"),
  row.cells[2].textContent,
  getComputedStyle(row.querySelector("th span")).textDecorationLine,
])"""


def typed(page) -> str:
    return page.locator(".rnnbook-live .rnnbook-write-text > span").first.evaluate(
        "e => e.innerText"
    )


def written(page) -> str:
    return page.locator(".rnnbook-live ins").evaluate("e => e.textContent")


def bars(page) -> list[list]:
    """A row a character: name, what it is given, its chance, that in words, a line through it."""
    return page.locator(".rnnbook-live .rnnbook-write-next tbody tr").evaluate_all(BARS)


def place(page) -> str:
    return page.locator(".rnnbook-write-place").inner_text()


def text_field(page):
    return page.get_by_role("textbox", name="Your text")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def go_on(page) -> None:
    """Let it write until it stops."""
    press(page, "Go on")
    page.get_by_role("button", name="Go on").wait_for()


def expected(shown, text: str) -> list[tuple[str, float, float]]:
    """The ten likeliest after a text, by Python: names, probabilities, chances."""
    known = shown.alphabet

    def name(k: int) -> str:
        return "any other" if k == len(known) - 1 else NAMES.get(known[k], known[k])

    scores = shown.scores(text)[-1]
    p, chances = scores.softmax(dim=0), shown.chances(scores)
    order = p.argsort(descending=True, stable=True)[:10].tolist()
    return [(name(k), float(p[k]), float(chances[k])) for k in order]


def compare(page, shown, text: str) -> None:
    found, ours = bars(page), expected(shown, text)
    assert [row[0] for row in found] == [row[0] for row in ours]
    for (_, given, chance, words, line), (name, p, drawn) in zip(found, ours, strict=True):
        assert given == pytest.approx(p, abs=1e-3)
        assert chance == pytest.approx(drawn, abs=1e-3)
        cut = drawn == 0
        assert (words in ("cut", "never")) == cut
        assert words == "never" or not cut or name != "any other"
        assert line == ("line-through" if cut else "none")
