"""Step through a cell, and the slider that trains: driven as a reader drives them."""

import re
from collections.abc import Callable

import pytest
from visit import LIVE, PHONE, Visit, serious

CHAPTER = "chapters/02-simple-rnn"
WORKBENCH = "chapters/02b-what-the-state-holds"
HOST = ".rnnbook-host[data-figure=step_through]"


@pytest.fixture(scope="module")
def made():
    """Figures as chapters make them; torch must be there, as for all but the built pages."""
    torch = pytest.importorskip("torch")
    from rnnbook.cells import GRUCell, LSTMCell, SimpleCell
    from rnncourse.figures import StepThrough

    def make(kind: str, D: int = 1, H: int = 2, T: int = 4, **options):
        torch.manual_seed(1)
        cell = {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell}[kind](D, H)
        x = torch.randn(T, D).round(decimals=1)
        return StepThrough(cell, x, torch.nn.Linear(H, 1), **options)

    return make


def says(root, words: str) -> None:
    """Wait until the figure says something."""
    root.locator(".rnnbook-says", has_text=words).wait_for()


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def state_now(root, unit: int = 0) -> dict[str, float]:
    """The states after the step on show, as the figure's table has them: `{"h3": 0.12}`."""
    rows = root.locator(".rnnbook-step-overview tbody tr").all()
    found = {}
    for row in rows:
        found[row.locator("th").inner_text().replace("\n", "")] = number(
            row.locator("td").nth(unit).inner_text()
        )
    return found


def tab_to(page, target) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(60):
        if target.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def charts(root) -> list[dict[str, float]]:
    """Of each chart: where its axes end, and how far its lines and the ties of names reach."""
    return root.locator(".rnnbook-chart").evaluate_all(
        """all => all.map((chart) => {
            const axis = chart.querySelector(".rnnbook-axis");
            const boxes = [...chart.querySelectorAll("path, circle")].map((e) => e.getBBox());
            const lines = [...chart.querySelectorAll(".rnnbook-line")].map((e) => e.getBBox());
            const [top, bottom] = [22, Number(axis.getAttribute("y1"))];
            return {
                left: Number(axis.getAttribute("x1")),
                right: Number(axis.getAttribute("x2")),
                reached: Math.max(...boxes.map((box) => box.x + box.width)),
                share: Math.max(...lines.map((box) => box.height)) / (bottom - top),
            };
        })"""
    )


@pytest.mark.parametrize("kind", ["simple", "lstm"])
def test_nothing_is_drawn_over_the_steps_to_come(bare: Callable, made: Callable, kind: str) -> None:
    host = bare(made(kind, T=8, t=0)).page.locator(".rnnbook-host")
    for t in range(9):
        for chart in charts(host):
            here = chart["left"] + (chart["right"] - chart["left"]) * t / 8
            assert chart["reached"] <= here + 12  # px: a disc and the short tie of a name
        host.get_by_role("button", name="Step", exact=True).click()
    assert len(charts(host)) == 2


def test_small_states_and_large_outputs_fill_their_charts(bare: Callable, made: Callable) -> None:
    figure = made("lstm", T=8, t=8)
    quiet = [[0.01 * u for u in row] for row in figure.weights["W"]]
    silent = [[0.0] * 2] * 8
    figure.weights = figure.weights | {"W": quiet, "U": silent, "b": [0.2] * 8, "V": [[50.0, 0.0]]}
    state, output = charts(bare(figure).page.locator(".rnnbook-host"))
    assert state["share"] > 0.6
    assert output["share"] > 0.4  # from 0, which it never has


def test_named_inputs_are_called_by_their_names(bare: Callable, made: Callable) -> None:
    visit = bare(made("lstm", D=2, T=8, input_names=["value", "mark"]))
    host = visit.page.locator(".rnnbook-host")
    rows = host.locator(".rnnbook-step-inputs [scope=row]").all_inner_texts()
    assert rows == ["step t", "value", "mark"]
    host.get_by_label("Mark at step 1").fill("0.3")
    says(host, "The mark at step 1 is now 0.3. After step 1, h⁽¹⁾ is")
    host.get_by_text("The weights").click()
    host.get_by_label("W of i, unit 1, mark").fill("2")
    says(host, "W of i, unit 1, mark is now 2")
    assert host.get_by_role("columnheader", name="W mark").count() == 4
    assert visit.faults == []


def test_eight_steps_fit_the_book_s_column(bare: Callable, made: Callable) -> None:
    names = ["display", "key", "recall"]
    visit = bare(
        made("lstm", D=3, H=1, T=8, input_names=names), viewport={"width": 704, "height": 900}
    )
    table = visit.page.locator(".rnnbook-step-wide").first
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
    field = visit.page.get_by_label("Display at step 8")
    field.fill("-0.123")
    assert field.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_by_keyboard_through_all_steps_of_the_chapter(visit: Visit) -> None:
    visit.go(CHAPTER)
    page, host = visit.page, visit.page.locator(HOST).first
    host.scroll_into_view_if_needed()
    host.locator(".rnnbook-live").wait_for()
    rows = host.locator(".rnnbook-still tbody tr")
    python = [number(row.locator("td").last.text_content()) for row in rows.all()]

    host.locator("input").first.focus()
    tab_to(page, host.get_by_role("button", name="Step", exact=True))
    assert state_now(host)["h1"] == pytest.approx(python[0], abs=6e-4)
    for t, value in enumerate(python[1:], start=2):
        page.keyboard.press("Enter")
        assert state_now(host)[f"h{t}"] == pytest.approx(value, abs=6e-4)
    says(host, f"Step {len(python)}: h ")
    page.keyboard.press("Enter")
    says(host, f"All {len(python)} steps are taken")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert f"h{len(python) - 1}" in state_now(host)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(host, "No step is taken yet")
    assert state_now(host) == {"h0": 0}
    assert visit.faults == []


def test_an_edited_input_changes_every_number_and_reset_puts_it_back(visit: Visit) -> None:
    visit.go(CHAPTER)
    host = visit.page.locator(HOST).first
    host.scroll_into_view_if_needed()
    step = host.get_by_role("button", name="Step", exact=True)
    for _ in range(7):
        step.click()
    held = state_now(host)["h8"]
    assert held > 0.5  # the switch is on, as the chapter says
    field = host.get_by_label("Input at step 5")
    field.fill("-2")
    says(host, "The input at step 5 is now −2. After step 8, h is −")
    assert state_now(host)["h8"] < -0.5
    field.fill("")
    assert field.get_attribute("aria-invalid") == "true"
    assert state_now(host)["h8"] < -0.5
    host.get_by_role("button", name="Reset").click()
    says(host, "Everything is as it was")
    assert field.input_value() == "-1"
    assert field.get_attribute("aria-invalid") is None
    assert set(state_now(host)) == {"h0", "h1"}
    for _ in range(7):
        step.click()
    assert state_now(host)["h8"] == held
    assert visit.faults == []


def test_the_parity_of_the_chapter_is_right_at_every_step(visit: Visit) -> None:
    visit.go(WORKBENCH)
    host = visit.page.locator(HOST).first
    host.scroll_into_view_if_needed()
    host.get_by_role("button", name="To the start").click()
    fields = host.locator(".rnnbook-step-inputs input").all()
    parity = 0
    for field in fields:
        host.get_by_role("button", name="Step", exact=True).click()
        parity ^= int(field.input_value())
        written = host.locator(".rnnbook-step-lines li").last.locator("strong").inner_text()
        shown = number(re.sub(r"(.*)e(.*)", r"\1e\2", written))
        assert shown == pytest.approx(parity, abs=0.01)
    assert visit.faults == []


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_clamped_gate_by_keyboard(bare: Callable, made: Callable, kind: str) -> None:
    gate, words = {"lstm": ("f", "keeps everything"), "gru": ("z", "stays as it is")}[kind]
    figure = made(kind)
    visit = bare(figure)
    page, host = visit.page, visit.page.locator(".rnnbook-host")
    host.locator("summary").first.focus()
    page.keyboard.press("Enter")
    tab_to(page, host.get_by_label(f"clamp {gate}"))
    page.keyboard.press("Space")
    says(host, f"{gate} = 1: ")
    assert words in host.locator(".rnnbook-says").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    says(host, f"{gate} = 0.05: ")
    strong = host.locator(".rnnbook-step-lines strong", has_text="clamped at 0.05")
    assert strong.count() == 1

    figure.clamps = {gate: 0.05}
    for _ in range(3):
        host.get_by_role("button", name="Step", exact=True).click()
    for state in ("h", "c") if kind == "lstm" else ("h",):
        value = getattr(figure.trace(), state)[3, 0, 0].item()
        assert state_now(host)[f"{state}4"] == pytest.approx(value, rel=1e-3)
    host.get_by_label(f"clamp {gate}").uncheck()
    says(host, f"{gate} is free again")
    assert strong.count() == 0
    assert visit.faults == []


def test_all_steps_show_at_once_what_a_clamp_does(bare: Callable, made: Callable) -> None:
    figure = made("lstm", D=1, H=1, t=4, all_steps=True)
    visit = bare(figure)
    host = visit.page.locator(".rnnbook-host")

    def rows() -> dict[str, list[str]]:
        shown = host.locator(".rnnbook-step-computed tr").all()
        return {
            row.locator("var").inner_text(): row.locator("td").all_inner_texts() for row in shown
        }

    assert list(rows()) == ["i", "f", "g", "o", "c", "h", "y"]
    before = rows()
    host.get_by_role("radio", name="f", exact=True).check()
    says(host, "f = 1: the cell state keeps everything. The answer at step 4 is")
    figure.clamps = {"f": 1.0}
    assert rows()["f"] == ["1"] * 4
    held = [number(text) for text in rows()["c"]]
    assert held == pytest.approx(figure.trace().c[:, 0, 0].tolist(), abs=6e-3)
    host.get_by_role("radio", name="no gate").check()
    says(host, "f is free again")
    assert rows() == before
    host.get_by_role("button", name="Back").click()
    assert rows()["c"][3] == ""
    assert visit.faults == []


def test_weights_and_units_can_be_changed(bare: Callable, made: Callable) -> None:
    figure = made("gru", H=3)
    visit = bare(figure)
    host = visit.page.locator(".rnnbook-host")
    host.get_by_text("The weights").click()
    host.get_by_label("U of z, unit 2, column 3").fill("4")
    says(host, "U of z, unit 2, column 3 is now 4")
    host.get_by_role("radio", name="unit 2").check()
    host.get_by_role("button", name="Step", exact=True).click()
    says(host, "Step 2: h⁽²⁾")
    changed = [list(row) for row in figure.weights["U"]]
    changed[4][2] = 4.0
    figure.weights = {**figure.weights, "U": changed}
    value = figure.trace().h[1, 0, 1].item()
    assert state_now(host, unit=1)["h2"] == pytest.approx(value, rel=1e-3)
    assert visit.faults == []


def test_the_sequence_can_grow_and_shrink(bare: Callable, made: Callable) -> None:
    visit = bare(made("simple", T=2, t=2))
    host = visit.page.locator(".rnnbook-host")
    fields = host.locator(".rnnbook-step-inputs input")
    host.get_by_role("button", name="Add a step").click()
    assert fields.count() == 3
    drop = host.get_by_role("button", name="Drop the last step")
    drop.click()
    drop.click()
    assert fields.count() == 1
    assert set(state_now(host)) == {"h0", "h1"}
    drop.click()
    says(host, "One step must be left")
    assert fields.count() == 1
    for _ in range(17):
        host.get_by_role("button", name="Add a step").click()
    says(host, "There is room for 16 steps")
    assert fields.count() == 16
    assert visit.faults == []


@pytest.mark.parametrize("kind", ["simple", "lstm", "gru"])
def test_the_largest_figure_fits_a_phone_and_is_accessible(
    bare: Callable, made: Callable, kind: str
) -> None:
    visit = bare(made(kind, D=3, H=4, T=16, t=16), viewport=PHONE)
    page = visit.page
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert visit.faults == []  # before axe, which fetches style sheets: not from a file
    assert serious(page) == []


def test_a_kernel_and_a_hand_change_the_same_traits(bare: Callable, made: Callable) -> None:
    from rnncourse.figures import bundle

    figure = made("lstm")
    visit = bare(made("simple"))
    page = visit.page
    page.evaluate(LIVE, [bundle.live("step_through"), figure.settings()])
    live = page.locator(".rnnbook-live").last
    live.get_by_role("button", name="Step", exact=True).click()
    live.get_by_label("Input at step 1").fill("2.5")
    sent = page.evaluate("sent")
    assert [traits["t"] for traits in sent] == [2, 2]
    assert sent[1]["x"][0] == [2.5]
    figure.set_state({"x": sent[1]["x"], "t": 2})

    page.evaluate("model.set('clamps', { f: 0.25 })")  # as `figure.clamps = …` in a kernel does
    figure.clamps = {"f": 0.25}
    assert live.get_by_label("clamp f").is_checked()
    expected = figure.trace().c[1, 0, 0].item()
    assert state_now(live)["c2"] == pytest.approx(expected, rel=1e-3)
    assert len(page.evaluate("sent")) == 2  # what comes from the kernel is not sent back
    assert visit.faults == []


def test_the_slider_that_trains(bare: Callable) -> None:
    pytest.importorskip("torch")
    from rnncourse.figures import Retrain, bundle

    figure = Retrain(
        [0.5, 1, 2], label="size", baseline=0.5, baseline_name="a coin", question="Which size?"
    )
    for value in (1, 0.5):
        figure.value = value
        figure.add([0.5] * 10 + [value / 2] * 10)
    visit = bare(figure)
    page, host = visit.page, visit.page.locator(".rnnbook-host")
    says(host, "size: 0.5. After 20 updates the loss is 0.25: 0 of 1 below half of what a coin has")
    host.locator("input").focus()
    page.keyboard.press("ArrowRight")
    says(host, "size: 1. After 20 updates the loss is 0.5")
    page.keyboard.press("ArrowRight")
    says(host, "size: 2. No run yet.")
    host.get_by_role("button", name="Reset").click()
    says(host, "size: 0.5.")

    page.evaluate(LIVE, [bundle.live("retrain"), figure.settings()])
    live = page.locator(".rnnbook-live").last
    live.locator("input").focus()
    page.keyboard.press("End")
    assert [traits["value"] for traits in page.evaluate("sent")] == [2]
    figure.value = 2
    figure.add([0.5, 0.1])
    page.evaluate("runs => model.set('runs', runs)", figure.runs)
    says(live, "size: 2. After 2 updates the loss is 0.3")
    assert visit.faults == []  # before axe, which fetches style sheets: not from a file
    assert serious(page) == []
