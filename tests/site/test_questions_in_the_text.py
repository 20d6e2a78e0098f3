"""Predictions and questions in the text: answered by keyboard, kept, and giving nothing away."""

import json

import pytest

pytest.importorskip("torch")

from rnncourse.figures import Prediction, Try

PREDICTION = ("05", "forty-back")


def test_a_prediction_is_locked_compared_and_kept(bare) -> None:
    page = bare(Prediction(*PREDICTION)).page
    box = page.locator(".rnnbook-prediction")
    options = box.get_by_role("button")
    assert options.count() == 3
    options.first.focus()
    page.keyboard.press("Enter")
    box.get_by_text("Locked.").wait_for()
    # Only what was chosen is left, and the focus is where it goes on.
    assert box.locator("button[aria-pressed]:visible").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "Compare"
    said = box.locator(".rnnbook-quiz-feedback")
    assert said.inner_text() == ""
    page.keyboard.press("Enter")
    assert said.inner_text().startswith("✗ It goes otherwise.")

    page.reload()
    page.locator(".rnnbook-live").wait_for()
    assert box.locator("button[aria-pressed='true']:visible").count() == 1
    box.get_by_role("button", name="Choose again").click()
    assert options.and_(page.locator(":visible")).count() == 3
    right = next(
        k for k, option in enumerate(Prediction(*PREDICTION).question.options) if option.right
    )
    options.nth(right).click()
    box.get_by_role("button", name="Compare").click()
    assert said.inner_text().startswith("✓ As you said.")


def test_a_prediction_has_its_answer_in_a_fold_where_there_is_no_script() -> None:
    figure = Prediction(*PREDICTION)
    still = figure.still()
    (right,) = (option for option in figure.question.options if option.right)
    assert right.why in still.partition("<details>")[2]
    assert right.why not in still.partition("<details>")[0]


def test_a_question_in_the_text_is_checked_at_once(bare) -> None:
    visit = bare(Try("05", "factor-at-rest"), Try("05", "three-plots"))
    page = visit.page
    first, second = page.locator(".rnnbook-try").all()
    first.locator("input").fill("1.2")
    first.locator("input").press("Enter")
    assert "That is the weight alone." in first.inner_text()
    first.locator("input").fill("0.68")
    first.locator("input").press("Enter")
    assert "✓ Right." in first.inner_text()
    second.locator("input").nth(2).check()
    second.get_by_role("button", name="Check").click()
    assert "✓ Right." in second.inner_text()

    page.reload()
    page.locator(".rnnbook-try").nth(1).wait_for()
    assert "✓ Right." in page.locator(".rnnbook-try").first.inner_text()
    kept = page.evaluate("localStorage.getItem('rnnbook-quiz-05-try-factor-at-rest')")
    assert json.loads(kept)["answers"] == {"factor-at-rest": 0.68}
    assert visit.faults == []
