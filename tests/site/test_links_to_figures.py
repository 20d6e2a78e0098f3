"""Links in the text that set a figure: `#counterfactual?network=1&size=0.001`."""

from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest

torch = pytest.importorskip("torch")

from rnnbook.cells import SimpleCell  # noqa: E402
from rnnbook.unroll import Recurrent  # noqa: E402
from rnncourse.figures import Cobweb, Counterfactual, StepThrough  # noqa: E402

FAR = '<div style="height: 3000px"></div>'
TALLER = {"width": 1000, "height": 1400}  # than a figure


def link(fragment: str, words: str = "Show me") -> str:
    """A link as an author writes it in Markdown."""
    return f'<p>Make the change smaller. <a href="{fragment.replace("&", "&amp;")}">{words}</a></p>'


def short() -> Counterfactual:
    """A network of five steps, before the five of forty."""
    torch.manual_seed(0)
    layer, head = Recurrent(SimpleCell, 1, 2), torch.nn.Linear(2, 1)
    return Counterfactual(layer, head, torch.ones(5, 1))


def steps() -> StepThrough:
    torch.manual_seed(0)
    return StepThrough(SimpleCell(1, 2), torch.ones(6, 1))


def follow(visit, fragment: str) -> None:
    """Put a fragment into the address, as a link does, and wait until the figure had its turn."""
    visit.page.evaluate(
        """(fragment) => new Promise((done) => {
            const before = location.href;
            // Added last, this listener is called last; a figure goes on until the next task.
            addEventListener("hashchange", () => setTimeout(done), { once: true });
            location.hash = fragment;
            if (location.href === before) done();
        })""",
        fragment,
    )


def settings(host) -> dict[str, str]:
    """What a counterfactual's controls say."""
    return {
        "network": host.get_by_label("Network", exact=True).input_value(),
        "position": host.get_by_label("Which token: step t").input_value(),
        "size": host.get_by_label("Size of the change").get_attribute("aria-valuetext"),
        "together": str(host.get_by_label("networks at once").is_checked()).lower(),
    }


def hears(host, words: str) -> None:
    host.locator(".rnnbook-says[aria-live]", has_text=words).wait_for()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_by_keyboard_a_link_sets_a_far_figure_and_shows_it(bare: Callable, motion: str) -> None:
    fragment = "#counterfactual?network=1&position=3&size=0.5"
    visit = bare(Counterfactual(), above=link(fragment) + FAR, viewport=TALLER, fragment="#top",
                 reduced_motion=motion)  # fmt: skip
    page, host = visit.page, visit.page.locator(".rnnbook-host")
    assert host.get_attribute("data-alive") is None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    host.and_(page.locator("[data-linked]")).wait_for()
    assert dict(parse_qsl(fragment.partition("?")[2])).items() <= settings(host).items()
    hears(host, "back to step 3")
    page.wait_for_function(
        "() => { const { top, bottom } = document.querySelector('.rnnbook-live')"
        ".getBoundingClientRect(); return top >= 0 && bottom <= innerHeight }"
    )
    assert page.evaluate("document.activeElement.textContent") == "Show me"
    page.wait_for_function("() => !document.querySelector('[data-linked]')")

    page.keyboard.press("Tab")  # into the figure; the reader goes on from there
    assert page.evaluate("document.activeElement.closest('.rnnbook-live') !== null")
    host.get_by_role("button", name="Reset").click()
    assert settings(host)["network"] == "0"
    page.get_by_text("Show me").click()  # a second time: the address stays as it is
    hears(host, "back to step 3")
    assert settings(host)["network"] == "1"
    assert visit.faults == []


def test_an_address_opens_with_its_figure(bare: Callable) -> None:
    fragment = "#counterfactual?size=0.001&together=true"
    visit = bare(Counterfactual(), above=FAR, viewport=TALLER, fragment=fragment)
    host = visit.page.locator(".rnnbook-host")
    hears(host, "With a change of 0.001, the gradient foretells")
    assert settings(host) == {"network": "0", "position": "1", "size": "0.001", "together": "true"}
    assert host.locator(".rnnbook-live").evaluate("e => e.getBoundingClientRect().top") < 1400
    assert visit.faults == []


def test_traits_change_together_and_the_figure_draws_once(bare: Callable) -> None:
    visit = bare(short())
    host = visit.page.locator(".rnnbook-host")
    visit.page.evaluate(
        "() => { globalThis.drawn = 0; const chart = document.querySelector('.rnnbook-chart');"
        "new MutationObserver(() => { drawn += 1 }).observe(chart, {childList: true});"
        "const replace = chart.replaceChildren; globalThis.times = 0;"
        "chart.replaceChildren = (...all) => { times += 1; replace.apply(chart, all) } }"
    )
    # In the network that is shown first, the five steps have no thirtieth.
    follow(visit, "#counterfactual?position=30&network=1&size=0.1")
    assert settings(host) | {"position": "30", "network": "1"} == settings(host)
    assert visit.page.evaluate("times") == 1
    follow(visit, "#counterfactual?network=0&size=1")
    assert settings(host)["position"] == "5"
    follow(visit, "#counterfactual?position=99")
    assert settings(host)["position"] == "5"
    follow(visit, "#counterfactual?position=2.4&size=0.25")
    assert settings(host) | {"position": "2", "size": "0.25"} == settings(host)
    assert visit.faults == []


NONSENSE = [
    "#counterfactual?size=",
    "#counterfactual?size=large",
    "#counterfactual?size=1e999",
    "#counterfactual?size=0&together=true",
    "#counterfactual?size=-1",
    "#counterfactual?together=yes",
    "#counterfactual?network=99",
    "#counterfactual?network=-1&size=3",
    "#counterfactual?network=0.5",
    "#counterfactual?networks=[]",
    "#counterfactual?constructor=1&__proto__=2&=3&&",
    "#counterfactual?%E0%A4%A=1&size=%E0%A4%A",
    "#counterfactual?",
    "#counterfactual-0?size=3",
    "#counterfactual-2?size=3",
    "#nothing?size=3",
    "#size=3",
]


def test_what_makes_no_sense_is_ignored(bare: Callable) -> None:
    visit = bare(Counterfactual())
    host = visit.page.locator(".rnnbook-host")
    before = settings(host)
    for number, fragment in enumerate(NONSENSE):
        follow(visit, fragment)
        assert settings(host) == before, fragment
        assert visit.page.locator("[data-linked]").count() == 0, fragment
        size = ("0.5", "0.25")[number % 2]
        follow(visit, f"#counterfactual?size={size}")
        before |= {"size": size}
        assert settings(host) == before, f"a good link after {fragment}"
        host.evaluate("host => delete host.dataset.linked")  # which would take two seconds
        assert visit.faults == [], fragment


def test_a_value_that_a_figure_cannot_show_is_taken_back(bare: Callable) -> None:
    visit = bare(steps(), Cobweb())
    host = visit.page.locator(".rnnbook-host").first
    for fragment in ("#step_through?t=3&unit=7", "#step_through?t=99", "#step_through?t=1.5"):
        follow(visit, fragment)
        hears(host, "Step 1: h⁽¹⁾")
    host.get_by_role("button", name="Step", exact=True).click()
    hears(host, "Step 2: h⁽¹⁾")
    follow(visit, "#step_through?kind=gru&question=Why")  # not for the reader's hand
    assert visit.page.locator("[data-linked]").count() == 0
    follow(visit, "#cobweb?step=9999&u=0.5")
    cobweb = visit.page.locator(".rnnbook-host").last
    assert cobweb.get_by_label("Weight u").input_value() == "1.5"
    assert visit.faults == []


def test_the_second_figure_of_a_name_is_named_by_its_number(bare: Callable) -> None:
    visit = bare(steps(), steps())
    first, second = visit.page.locator(".rnnbook-host").all()
    follow(visit, "#step_through-2?t=4&unit=1")
    hears(second, "Step 4: h⁽²⁾")
    hears(first, "Step 1: h⁽¹⁾")
    follow(visit, "#step_through?t=2")
    hears(first, "Step 2: h⁽¹⁾")
    hears(second, "Step 4: h⁽²⁾")
    assert visit.faults == []


def test_such_a_link_passes_the_strict_build(scratch_book: Callable) -> None:
    text = f"# A page\n\nSmaller still, {link('#counterfactual?network=1&size=0.001')[3:-4]}.\n"
    html = scratch_book({"index.md": text}, [])
    page = (html / "index.html").read_text(encoding="utf-8")
    assert 'href="#counterfactual?network=1&amp;size=0.001">Show me</a>' in page
