"""A text whose characters are marked by what a network said of them."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from IPython.core.getipython import get_ipython
from IPython.display import display

from rnncourse.plots.style import COLORS

# Marks differ in line style too, so that they can be told apart without colour.
_COLORS = ("lstm", "simple", "gru")  # names of the palette
_LINES = ("solid", "dotted", "dashed")


def marked(text: str, marks: Sequence[int], names: Sequence[str], *, caption: str) -> None:
    """Show a text with its runs of equal marks underlined; a legend and a caption are below.

    In a plain Python process, where there is no page, nothing is shown.

    Args:
        text: what was read, newlines included.
        marks: one for each character: 0 leaves it as it is, ``k`` marks it as ``names[k]``.
        names: what each mark means; at most three beside the first.
        caption: what to see, plain text.

    Raises:
        ValueError: if there is not one mark a character, or a mark has no name.
    """
    if get_ipython() is not None:
        display({"text/html": to_html(text, marks, names, caption), "text/plain": text}, raw=True)


def to_html(text: str, marks: Sequence[int], names: Sequence[str], caption: str) -> str:
    """The marked text as HTML, as ``marked`` shows it."""
    kinds = [int(mark) for mark in marks]
    if len(kinds) != len(text):
        raise ValueError(f"marks must be {len(text)}, one a character, got {len(kinds)}")
    if len(names) > len(_COLORS) + 1:
        raise ValueError(f"names must be at most {len(_COLORS) + 1}, got {len(names)}")
    if any(not 0 <= kind < len(names) for kind in kinds):
        raise ValueError(f"marks must lie between 0 and {len(names) - 1}, got {sorted(set(kinds))}")
    runs, place = [], 0
    for kind, run in groupby(kinds):
        length = len(list(run))
        runs.append(_run(text[place : place + length], kind, names))
        place += length
    legend = ", ".join(_run(name, kind, names) for kind, name in enumerate(names) if kind)
    return (
        f'<figure class="rnnbook-marked"><pre tabindex="0" style="line-height: 1.6">{"".join(runs)}'
        f"</pre><figcaption>What the network said: {legend}; {escape(names[0])} has no mark. "
        f"{escape(caption)}</figcaption></figure>"
    )


def _run(text: str, kind: int, names: Sequence[str]) -> str:
    if kind == 0:
        return escape(text)
    name = _COLORS[kind - 1]
    color = f"var(--rnnbook-{name}, {COLORS[name]})"
    style = (
        f"color: inherit; background: color-mix(in srgb, {color} 18%, transparent); "
        f"border-bottom: 2px {_LINES[kind - 1]} {color}"
    )
    return f'<mark title="{escape(names[kind])}" style="{style}">{escape(text)}</mark>'
