"""The unrolled row in a real browser: forwards, backwards, and clipped."""

import pytest
from visit import spoken

pytest.importorskip("torch")

from rnncourse.figures import UnrolledStepper


def set_to(slider, value: str) -> None:
    slider.evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')) }", value)


def test_the_row_says_what_is_left_and_what_it_means(bare) -> None:
    page = bare(UnrolledStepper(u=0.9)).page
    assert spoken(page).startswith("7 steps back, 0.10 of the gradient is left.")
    u, loudness, back = page.locator("input[type=range]").all()

    set_to(u, "2")
    set_to(loudness, "2")
    assert "holds the sign of its first input, and learns next to nothing" in spoken(page)
    set_to(loudness, "0")
    assert "It grew" in spoken(page)
    set_to(back, "3")
    assert spoken(page).startswith("3 steps back, 8.00 of the gradient is left.")
    left = page.locator(".rnnbook-row-above").all_inner_texts()
    assert left == ["", "", "", "", "8.00", "4.00", "2.00", "1.00"]


def test_the_row_computes_what_python_computes(bare) -> None:
    figure = UnrolledStepper(u=1.7, loudness=0.6)
    page = bare(figure).page
    h, slopes = figure.walk()
    shown = page.locator(".rnnbook-row-state").all_inner_texts()
    assert [float(text.replace("−", "-")) for text in shown] == [round(v, 2) for v in h[1:]]
    factors = page.locator(".rnnbook-row-factor").all_inner_texts()[1:]
    assert [float(text.lstrip("×")) for text in factors] == [round(v, 2) for v in slopes[1:]]


def test_forwards_it_reads_one_input_at_a_time(bare) -> None:
    visit = bare(UnrolledStepper(u=0.8, direction="forwards"))
    page = visit.page
    assert spoken(page).startswith("Step 8: 0.8 · ")
    assert "Without the first input it would be" in spoken(page)
    u, steps = page.locator("input[type=range]").all()
    set_to(steps, "1")
    assert spoken(page) == "Step 1: 0.8 · 0.00 + 1.00 = 1.00, and the tanh makes 0.762 of it."
    assert page.locator(".rnnbook-row-state").all_inner_texts() == ["0.76", *["…"] * 7]
    set_to(steps, "0")
    assert spoken(page) == "The state begins at 0. Read the first input."
    set_to(u, "-1.5")
    assert page.locator(".rnnbook-row-factor").all_inner_texts() == ["×−1.5"] * 7
    assert visit.faults == []


def test_the_row_folds_into_the_loop_and_back(bare) -> None:
    visit = bare(UnrolledStepper(u=0.8, direction="forwards"), reduced_motion="reduce")
    page = visit.page
    places = lambda: {  # noqa: E731
        round(card.bounding_box()["x"]) for card in page.locator(".rnnbook-row-step").all()
    }
    on_top = lambda: page.evaluate(  # noqa: E731
        """() => {
          const { x, y, width, height } = document
            .querySelector(".rnnbook-row-now .rnnbook-row-state").getBoundingClientRect();
          return document.elementFromPoint(x + width / 2, y + height / 2).textContent;
        }"""
    )
    loop = page.locator(".rnnbook-row-loop")
    assert len(places()) == 8
    assert loop.evaluate("e => getComputedStyle(e).opacity") == "0"
    page.get_by_role("button", name="Fold").press("Enter")
    assert len(places()) == 1
    assert loop.evaluate("e => getComputedStyle(e).opacity") == "1"
    # Folded, the one box shows each state in its turn.
    _, steps = page.locator("input[type=range]").all()
    set_to(steps, "1")
    assert on_top() == "0.76"
    assert spoken(page).endswith(
        "makes 0.762 of it. The loop brings it back for the next step. One unit, used once."
    )
    set_to(steps, "8")
    assert on_top() == "0.23"
    assert spoken(page).endswith("That was the last input. One unit, used 8 times.")
    page.get_by_role("button", name="Unroll").press("Enter")
    assert len(places()) == 8
    page.get_by_role("button", name="Fold").click()
    page.get_by_role("button", name="Reset").click()
    assert len(places()) == 8
    assert visit.faults == []


def test_its_still_shows_the_loop_beside_the_row() -> None:
    still = UnrolledStepper(u=0.8, direction="forwards").still()
    assert "On the left the unit with a loop, on the right a copy for each step" in still


def test_a_gradient_that_explodes_is_clipped(bare) -> None:
    figure = UnrolledStepper(u=1.6, clip=1.0)
    visit = bare(figure)
    page = visit.page
    # ∂h_T/∂b = Σ_t (∂h_T/∂h_t) (1 − h_t²)
    h, slopes = figure.walk()
    left, gradient = 1.0, 0.0
    for t in range(8, 0, -1):
        gradient += left * (1 - h[t] ** 2)
        left *= slopes[t - 1]
    assert abs(gradient) > 1
    assert f"a gradient of {gradient:.0f} for b. Clipping leaves 1:" in spoken(page)
    u, _, clip = page.locator("input[type=range]").all()
    set_to(clip, "50")
    assert "below 50: clipping does nothing." in spoken(page)
    page.get_by_role("button", name="Reset").click()
    assert "Clipping leaves 1:" in spoken(page)
    set_to(u, "-1")
    assert "clipping does nothing" in spoken(page)
    assert visit.faults == []


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(ValueError, match="direction must be 'backwards' or 'forwards', got 'up'"):
        UnrolledStepper(direction="up")
    with pytest.raises(ValueError, match="backwards, got 1 forwards"):
        UnrolledStepper(direction="forwards", clip=1.0)
