"""What a visitor finds in the confusion matrix on a page."""

from visit import spoken

FIRST = "true Danish, taken for Norwegian <b>: 3 of 6"


def plain(text: str) -> str:
    return " ".join(text.split())


def says(page) -> str:
    return plain(spoken(page))


def names(page) -> list[str]:
    return page.locator(".rnnbook-confusion-names li").all_inner_texts()


def opened(page) -> list[str]:
    """The names, to a screen reader, of the cells that are open."""
    some = page.locator("[role=gridcell][aria-selected=true]")
    return [plain(label) for label in some.evaluate_all("all => all.map(c => c.ariaLabel)")]


def shades(page) -> list[float]:
    cells = page.locator("[role=gridcell]")
    return cells.evaluate_all(
        "all => all.map(c => parseFloat(c.style.getPropertyValue('--shade')))"
    )


def pairs(page) -> list[str]:
    return [
        plain(text) for text in page.locator(".rnnbook-confusion-pairs button").all_inner_texts()
    ]


def focused(page) -> str:
    return plain(page.evaluate("document.activeElement.ariaLabel ?? ''"))
