"""The recogniser on a page: it is played, noise comes, somebody speaks or may not, on a phone."""

import re
import sys
from pathlib import Path

import pytest
from visit import LIVE, PHONE, serious, spoken

pytest.importorskip("torch")

from rnncourse.figures import bundle

sys.path.insert(0, str(Path(__file__).parents[1] / "rnncourse"))
from made_up_recogniser import RECORDINGS, figure

# A microphone that hears a tone.
HEARS = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const audio = new AudioContext();
    const [tone, volume, stream] = [
      audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
    volume.gain.value = VOLUME;
    tone.connect(volume).connect(stream);
    tone.start();
    globalThis.tracks = stream.stream.getTracks();
    return stream.stream;
  };
}"""
REFUSES = """(name) => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", name); };
}"""
NONE = "() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
# What the loudspeakers were given.
LISTEN = """() => {
  globalThis.heard = [];
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (...all) {
    globalThis.heard.push([this.buffer.sampleRate, [...this.buffer.getChannelData(0)]]);
    return start.apply(this, all);
  };
}"""


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def note(page) -> str:
    return page.locator(".rnnbook-live .rnnbook-recogniser-own p").inner_text()


def path(page) -> str:
    return page.locator(".rnnbook-live .rnnbook-recogniser-path").inner_text().replace("\n", "")


def text(page) -> str:
    return page.locator(".rnnbook-live .rnnbook-recogniser-text b").inner_text()


def compare(page, made) -> None:
    """The path and what it collapses to."""
    assert path(page) == "".join("–" if k == 0 else str(k - 1) for k in made.path)
    assert text(page) == (" ".join(map(str, made.digits)) or "nothing")


def test_what_stands_there_before_anything_is_touched(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    compare(page, shown.reading())
    assert page.locator("[data-later]").count() == 0
    assert not page.locator(".rnnbook-recogniser-veil").is_visible()
    picture = page.locator(".rnnbook-live canvas").get_attribute("aria-label")
    assert picture.startswith("1.5 seconds of sound, the digits 3 7 1, ")
    assert re.search(r"but 3 7 1 is said: .* wrong\. Speech is 30 dB louder", spoken(page))
    assert "nothing is sent anywhere" in note(page)
    assert visit.faults == []


def test_noise_another_recording_and_backwards(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    slider = page.get_by_role("slider", name="Noise")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "20\u00a0dB"
    compare(page, shown.reading(noise=20))
    page.keyboard.press("End")
    compare(page, shown.reading(noise=0))
    assert "Speech is 0 dB louder than the noise." in spoken(page)
    page.get_by_role("combobox", name="Recording").select_option(label="2: bob")
    compare(page, shown.reading(1, noise=0))
    page.get_by_role("checkbox", name="Backwards").check()
    compare(page, shown.reading(1, noise=0, backwards=True))
    assert spoken(page).startswith("Backwards, it recognises ")
    press(page, "Reset")
    compare(page, shown.reading())
    assert visit.faults == []


def test_it_is_played_and_the_text_comes(bare) -> None:
    shown = figure()
    visit = bare(shown)
    page = visit.page
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    page.wait_for_timeout(400)
    later = page.locator(".rnnbook-live [data-later]").count()
    veil = page.locator(".rnnbook-recogniser-veil")
    assert 0 < later < len(shown.reading().path)
    assert veil.is_visible()
    first = veil.bounding_box()["x"]
    page.wait_for_timeout(400)
    assert veil.bounding_box()["x"] > first
    assert page.locator(".rnnbook-live [data-later]").count() < later
    page.get_by_role("button", name="Play").wait_for()  # by itself, at the end
    compare(page, shown.reading())
    assert page.locator("[data-later]").count() == 0
    assert not veil.is_visible()
    ((rate, samples),) = page.evaluate("heard")
    assert rate == 8000
    assert samples == pytest.approx(shown.reading().samples.tolist(), abs=1e-6)
    press(page, "Play")
    press(page, "Stop")
    assert page.locator("[data-later]").count() == 0
    press(page, "Play")
    page.get_by_role("combobox", name="Recording").select_option(label="2: bob")
    page.get_by_role("button", name="Play").wait_for()
    compare(page, shown.reading(1))
    assert visit.faults == []


def test_who_wants_no_motion_has_no_line_that_runs(bare) -> None:
    page = bare(figure(), reduced_motion="reduce").page
    press(page, "Play")
    page.wait_for_timeout(400)
    assert page.locator(".rnnbook-live [data-later]").count() > 0
    assert not page.locator(".rnnbook-recogniser-veil").is_visible()


def test_somebody_speaks(bare) -> None:
    visit = bare(figure(trained_on="a synthesiser’s voices"))
    page = visit.page
    assert note(page).endswith("The network was trained on a synthesiser’s voices alone.")
    page.evaluate(HEARS.replace("VOLUME", "0.5"))
    press(page, "Record yourself")
    page.get_by_role("button", name="Stop recording").wait_for()
    assert "It listens" in note(page)
    page.wait_for_timeout(900)
    press(page, "Stop recording")
    own = page.get_by_role("combobox", name="Recording")
    page.wait_for_function("() => document.querySelector('.rnnbook-live select').value === 'own'")
    assert "in the list" in note(page)
    assert spoken(page).startswith("In your recording it recognises ")
    assert len(path(page)) > 10
    assert page.evaluate("tracks.every(({ readyState }) => readyState === 'ended')")
    own.select_option(label="2: bob")
    compare(page, figure().reading(1))
    own.select_option(label="Your own")
    press(page, "Reset")
    compare(page, figure().reading())
    assert own.input_value() == "0"
    assert visit.faults == []


def test_a_recording_ends_by_itself(bare) -> None:
    page = bare(figure()).page
    page.evaluate(HEARS.replace("VOLUME", "0.5"))
    press(page, "Record yourself")
    page.wait_for_function("() => document.querySelector('.rnnbook-live select').value === 'own'")
    assert len(path(page)) <= 100


def test_silence_is_no_recording(bare) -> None:
    visit = bare(figure())
    page = visit.page
    page.evaluate(HEARS.replace("VOLUME", "0"))
    press(page, "Record yourself")
    page.wait_for_timeout(600)
    press(page, "Stop recording")
    page.get_by_text("Nothing was heard: it was silent, or too short.").first.wait_for()
    compare(page, figure().reading())
    assert visit.faults == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "The microphone was refused, so nothing is recorded; all else works."),
        ("NotFoundError", "No microphone was found, so nothing is recorded; all else works."),
        (
            "NotReadableError",
            "The microphone cannot be used here, so nothing is recorded",
        ),
    ],
)
def test_there_may_be_no_leave(bare, name, words) -> None:
    visit = bare(figure())
    page = visit.page
    page.evaluate(REFUSES, name)
    press(page, "Record yourself")
    page.locator(".rnnbook-recogniser-own p", has_text=words).wait_for()
    assert words in spoken(page)
    assert page.get_by_role("button", name="Record yourself").is_enabled()
    press(page, "Play")
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    assert visit.faults == []


def test_there_may_be_no_microphone(bare) -> None:
    page = bare().page
    page.evaluate(NONE)
    page.evaluate(LIVE, [bundle.live("recogniser"), figure().settings()])
    assert "Here the page is given no microphone" in note(page)
    assert page.get_by_role("button", name="Record yourself").is_disabled()
    compare(page, figure().reading())


def test_a_link_or_a_kernel_sets_it(bare) -> None:
    shown = figure()
    page = bare(shown, fragment="#recogniser?recording=1&noise=7&backwards=true").page
    page.locator(".rnnbook-live").wait_for()
    compare(page, shown.reading(1, noise=7, backwards=True))
    for wrong in ("recording=2", "noise=41", "noise=1.5"):
        page = bare(figure(), fragment=f"#recogniser?{wrong}").page
        page.locator(".rnnbook-live").wait_for()
        compare(page, shown.reading())
    page = bare().page
    page.evaluate(LIVE, [bundle.live("recogniser"), shown.settings()])
    page.evaluate("model.set('noise', 3)")
    compare(page, shown.reading(noise=3))
    page.get_by_role("checkbox", name="Backwards").check()
    assert page.evaluate("sent.at(-1).backwards") is True


def test_by_keyboard_alone(bare) -> None:
    page = bare(figure()).page
    names = []
    for _ in range(7):
        page.keyboard.press("Tab")
        named = "(e => e.labels?.[0]?.textContent ?? e.textContent)"
        names.append(page.evaluate(f"{named}(document.activeElement)").strip())
    controls = ["Recording", "Noise: speech is louder by", "Play", "Reset", "Backwards"]
    assert names == [*controls, "Record yourself", "Values"]


def test_everybody_can_read_it(bare) -> None:
    page = bare(figure()).page
    page.get_by_text("Values", exact=True).click()
    assert serious(page) == []


@pytest.mark.parametrize("touch", [False, True])
def test_it_fits_a_phone(bare, touch) -> None:
    page = bare(figure(), viewport=PHONE, has_touch=touch, is_mobile=touch).page
    page.get_by_text("Values", exact=True).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    edge = page.locator(".rnnbook-live").bounding_box()
    for part in page.locator(".rnnbook-live :is(input, select, button, p, canvas)").all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= edge["x"] + edge["width"]


def test_it_is_seen_on_one_screen_and_nothing_moves(bare) -> None:
    page = bare(figure(), viewport={"width": 1280, "height": 900}).page
    assert page.locator(".rnnbook-live").bounding_box()["height"] <= 860
    before = page.locator(".rnnbook-says").bounding_box()["y"]
    press(page, "Play")
    page.wait_for_timeout(300)
    assert page.locator(".rnnbook-says").bounding_box()["y"] == before
    page.get_by_role("combobox", name="Recording").select_option(label="2: bob")
    assert page.locator(".rnnbook-says").bounding_box()["y"] == before


def test_without_javascript_there_are_the_curves(bare) -> None:
    shown = figure()
    page = bare(shown, viewport=PHONE, fragment="#x", java_script_enabled=False).page
    assert page.locator(".rnnbook-live").count() == 0
    still = page.locator(".rnnbook-still")
    assert len(still.locator("polyline").all()) > 1
    assert still.locator("rect").count() == len(RECORDINGS[0]["digits"])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_values_are_read_off(bare) -> None:
    shown = figure()
    page = bare(shown).page
    page.get_by_text("Values", exact=True).click()
    rows = page.locator(".rnnbook-values tbody tr")
    rows.first.wait_for()
    steps = [int(row.locator("td").nth(2).inner_text()) for row in rows.all()]
    assert sum(steps) == len(shown.reading().path)
