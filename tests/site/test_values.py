"""What a figure shows can be walked through: a fold with tables that follow the figure."""

import pytest
from visit import PHONE

pytest.importorskip("torch")


def test_values_are_those_of_the_picture_and_follow_it(bare) -> None:
    from rnncourse.figures import Retrain

    figure = Retrain(
        [2, 1], label="rate", baseline=1.0, baseline_name="a coin", question="How far does it come?"
    )
    figure.add([0.5] * 100)
    figure.value = 1
    figure.add([2 / (k + 2) for k in range(100)])
    visit = bare(figure, viewport=PHONE)
    page = visit.page
    values = page.locator(".rnnbook-values")
    assert values.locator("table").count() == 0, "made when they are asked for"
    page.get_by_text("Values", exact=True).focus()
    page.keyboard.press("Enter")
    values.locator("tbody tr").first.wait_for()
    rows = values.locator("tbody tr").all_inner_texts()
    assert rows[0] == "0\t1"
    assert rows[-1] == "99\t0.0198"
    assert len(rows) == 12
    chart = page.locator(".rnnbook-chart").get_attribute("aria-label")
    assert values.locator("p").inner_text().startswith(chart)
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    assert values.locator("tbody tr").last.inner_text() == "99\t0.5"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert visit.faults == []


# Web Audio that writes down what would sound.
DEAF = """() => {
  globalThis.heard = [];
  const node = () => ({ connect: (next) => next, start() {}, stop(at) { heard.end = at; },
    frequency: { setValueAtTime: (pitch) => heard.push(pitch) }, gain: { setTargetAtTime() {} } });
  globalThis.AudioContext = class {
    currentTime = 0;
    createOscillator = () => (this.tone = node());
    createGain = node;
    close() { heard.closed = true; }
  };
}"""


def test_the_gradient_is_heard_when_asked_for_and_stops(bare) -> None:
    from rnncourse.figures import Playground

    visit = bare(Playground(compact=True))
    page = visit.page
    page.evaluate(DEAF)
    page.locator(".rnnbook-playground-settings summary").click()
    hear = page.get_by_role("button", name="Hear the gradient")
    assert page.evaluate("heard.length") == 0, "nothing sounds by itself"
    hear.click()
    pitches = page.evaluate("heard")
    assert len(pitches) == 41
    assert pitches[0] == 1320
    assert min(pitches) < 300, "it vanishes"
    page.locator(".rnnbook-says").get_by_text("You hear the gradient of the simple RNN").wait_for()
    page.get_by_role("button", name="Stop the sound").click()
    assert page.evaluate("heard.closed")
    assert hear.is_visible()
    assert visit.faults == []
