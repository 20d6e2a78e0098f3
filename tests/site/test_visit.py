"""What the visitor leaves out to be faster hides no fault."""

import pytest
from visit import Visit, over, serious

FAINT = """(theme) => {
  const blocks = [...document.querySelectorAll("article .highlight pre")];
  const word = document.createElement("span");
  word.style.color = theme === "light" ? "#f0f0f1" : "#222221";
  word.className = word.textContent = "faint";
  blocks.find((block) => block.checkVisibility()).append(word);
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_faint_word_of_code_is_found_on_a_page_that_was_pruned(visit: Visit, theme: str) -> None:
    visit.go("chapters/02-simple-rnn")
    assert serious(visit.page, prune=True) == []
    visit.page.evaluate(FAINT, theme)
    faults = serious(visit.page, prune=True)
    assert any("color-contrast" in fault and f"in the {theme}" in fault for fault in faults), faults


def test_a_button_without_a_name_is_found(visit: Visit) -> None:
    visit.go("chapters/02-simple-rnn")
    visit.page.evaluate(
        "document.querySelector('article').append(document.createElement('button'))"
    )
    assert any("button-name" in fault for fault in serious(visit.page, prune=True))


ADD_IMAGE = """(name) => {
  const image = document.createElement("img");
  image.src = name;
  document.body.append(image);
}"""


@over(scheme=["http", "file"])
def test_a_missing_file_is_a_fault_and_one_given_up_on_leaving_is_none(visit: Visit) -> None:
    visit.go("chapters/02-simple-rnn")
    visit.page.route("**/held.png", lambda route: None)  # never answered
    with visit.page.expect_request("**/held.png"):
        visit.page.evaluate(ADD_IMAGE, "held.png")
    with visit.page.expect_event("requestfailed"):
        visit.page.reload()
    assert visit.faults == []
    answer = "response" if visit.base.startswith("http") else "requestfailed"
    with visit.page.expect_event(answer, lambda event: "missing.png" in event.url):
        visit.page.evaluate(ADD_IMAGE, "missing.png")
    assert any("missing.png" in fault for fault in visit.faults), visit.faults
