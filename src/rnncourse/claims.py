"""Claims: a statement, its measured value and its bound.

A claim is *live* (measured in this notebook) or *recorded* (read from an experiment's results).
It fails its code cell if the bound does not hold, so that text and code cannot drift apart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from rnncourse.console import say
from rnncourse.experiments import Summary

Bound = tuple[float | None, float | None]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LEDGER: dict[str, dict[str, Any]] = {}
_WITNESSES: list[Callable[[str, bool, float | None], None]] = []


class ClaimFailed(AssertionError):
    """What was measured lies outside the bound of a claim."""


def claim(
    id: str,
    statement: str,
    measured: float | Summary,
    bound: Bound,
    recorded: Summary | None = None,
    published: float | str | None = None,
    source: str | None = None,
) -> None:
    """Check a statement against its bound, show it, and enter it in the chapter's ledger.

    Args:
        id: names the claim in the whole book, in kebab-case: ``"simple-equals-torch"``.
        statement: one plain sentence, without the number.
        measured: the number measured here, or the summary of a recorded experiment.
        bound: ``(low, high)``, None for an open side. An upper bound alone is strict
            (*below* 0.01); a lower bound belongs to the range (*at least* 3), and so do both ends
            of a closed one.
        recorded: the same quantity over many seeds, set beside the number measured here. Its
            lowest and its highest seed must keep the bound too; or its median, where the summary
            is that of `Recorded.median`.
        published: the value in the literature, if there is one.
        source: where that was published.

    Raises:
        ClaimFailed: if the bound does not hold; NaN and infinity never do.
        TypeError: if ``measured``, ``bound`` or ``recorded`` has the wrong type.
        ValueError: if ``id``, ``statement`` or ``bound`` is not well formed.
    """
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise ValueError(f"id must be kebab-case such as 'simple-equals-torch', got {id!r}")
    if not isinstance(statement, str) or not statement.strip():
        raise ValueError(f"statement must be a sentence, got {statement!r}")
    if recorded is not None and not isinstance(recorded, Summary):
        raise TypeError(f"recorded must be a Summary, got {type(recorded).__name__}")
    low, high = _bound(bound)
    live = None if isinstance(measured, Summary) else _number("measured", measured)
    summary = measured if isinstance(measured, Summary) else recorded

    if _WITNESSES:
        values = [] if live is None else [live]
        values += [] if summary is None else summary.spoken_of
        for witness in _WITNESSES:
            witness(id, all(_within(value, low, high) for value in values), live)
        return
    if live is not None and not _within(live, low, high):
        raise ClaimFailed(_refusal(id, statement, low, high, f"{format_number(live)} was measured"))
    if summary is not None and not all(_within(end, low, high) for end in summary.spoken_of):
        raise ClaimFailed(_refusal(id, statement, low, high, f"recorded: {_spread(summary)}"))

    record = {
        "id": id,
        "statement": statement,
        "bound": [low, high],
        "measured": live,
        "recorded": _as_record(summary) if summary is not None else None,
        "published": published,
        "source": source,
        "kind": "recorded" if live is None else "live",
    }
    _LEDGER[id] = record
    _show(_claim_text(record), _claim_html(record), {"rnnbook_claim": record})


def witness(callback: Callable[[str, bool, float | None], None]) -> None:
    """From now on let claims that do not hold pass, and tell ``callback`` of each.

    Args:
        callback: gets a claim's id, whether it holds, and the number measured here, if any.
    """
    _WITNESSES.append(callback)


def ledger() -> None:
    """Show all claims of the chapter in a table, in the order in which they were made."""
    if not _LEDGER:
        _show("No claims were made.", "<p>No claims were made.</p>", {})
        return
    header = "".join(
        f'<th scope="col">{title}</th>'
        for title in ("Claim", "Bound", "Measured here", "Recorded", "Published")
    )
    rows = "".join(_ledger_row(record) for record in _LEDGER.values())
    html = (
        '<table class="rnnbook-ledger"><caption>The claims of this chapter</caption>'
        f"<thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"
    )
    _show("\n".join(_claim_text(record) for record in _LEDGER.values()), html, {})


def format_number(value: float) -> str:
    """A number to three significant digits; whole numbers below a million in full."""
    if not math.isfinite(value):
        return str(value)
    if value < 0:
        return f"−{format_number(-value)}"
    if value < 1e6 and value == int(value):
        return str(int(value))
    text = f"{value:.3g}"
    # What is rounded decides: 999.6 is 1000, which .3g writes as 1e+03.
    return str(int(float(text))) if float(text) >= 1e3 and value < 1e6 else text


def format_bound(low: float | None, high: float | None) -> str:
    """A bound as it is read: ``< 0.01``, ``≥ 3``, ``0.9 … 1`` or ``exactly 2``."""
    if low is None:
        assert high is not None
        return f"< {_endpoint(high)}"
    if low == high:
        return f"exactly {_endpoint(low)}"
    return f"≥ {_endpoint(low)}" if high is None else f"{_endpoint(low)} … {_endpoint(high)}"


def _bound(bound: object) -> Bound:
    if not isinstance(bound, tuple | list) or len(bound) != 2:
        raise TypeError(f"bound must be a pair (low, high), got {bound!r}")
    low, high = (None if end is None else _number("bound", end) for end in bound)
    if low is None and high is None:
        raise ValueError("bound must be closed on one side at least, got (None, None)")
    if any(end is not None and not math.isfinite(end) for end in (low, high)):
        raise ValueError(f"bound must be finite, None for an open side, got {bound!r}")
    if low is not None and high is not None and low > high:
        raise ValueError(f"bound must have low <= high, got {bound!r}")
    return low, high


def _number(name: str, value: Any) -> float:
    """A Python number: NumPy scalars and tensors of one element count, booleans do not."""
    kind = type(value).__name__
    if not isinstance(value, int | float) and callable(getattr(value, "item", None)):
        try:
            value = value.item()
        except (ValueError, RuntimeError, TypeError):
            raise TypeError(f"{name} must be one number, got a {kind} of several") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {kind}: {value!r}")
    return value if isinstance(value, int) else float(value)


def _within(value: float, low: float | None, high: float | None) -> bool:
    if not math.isfinite(value):
        return False
    if low is None:
        assert high is not None
        return value < high
    return low <= value and (high is None or value <= high)


def _refusal(id: str, statement: str, low: float | None, high: float | None, found: str) -> str:
    return f"claim {id} does not hold: “{statement}” needs {format_bound(low, high)}, but {found}"


def _endpoint(value: float) -> str:
    # As its author typed it, unless it was computed.
    text = str(abs(value)).removesuffix(".0")
    text = text if len(text) <= 8 else f"{abs(value):.3g}"
    return f"−{text}" if value < 0 else text


def _spread(summary: Summary | Mapping[str, Any]) -> str:
    s = summary._asdict() if isinstance(summary, Summary) else summary
    median, low, high = (format_number(s[key]) for key in ("median", "low", "high"))
    if s.get("counted"):
        return f"{median} of {s['seeds']} seeds"
    return f"median {median} ({low} … {high}), {s['seeds']} seeds"


def _as_record(summary: Summary) -> dict[str, Any]:
    """What a notebook keeps: a bound of the median is marked as one, any other needs no mark."""
    kept = summary._asdict()
    if not kept.pop("middle"):
        return kept
    return {**kept, "middle": True}


def _bound_in_words(record: Mapping[str, Any]) -> str:
    of_median = " of the median" if (record["recorded"] or {}).get("middle") else ""
    return f"bound{of_median} {format_bound(*record['bound'])}"


def _published(record: Mapping[str, Any]) -> str:
    value, source = record["published"], record["source"]
    shown = format_number(value) if isinstance(value, int | float) else value
    if shown and source:
        return f"{shown} ({source})"
    return shown or source or ""


def _claim_text(record: Mapping[str, Any]) -> str:
    parts = [_bound_in_words(record)]
    if record["measured"] is not None:
        parts.append(f"measured {format_number(record['measured'])}")
    if record["recorded"]:
        parts.append(f"recorded {_spread(record['recorded'])}")
    if _published(record):
        parts.append(f"published {_published(record)}")
    return f"Claim {record['id']}: {record['statement']}\n  {' · '.join(parts)}"


def _claim_html(record: Mapping[str, Any]) -> str:
    parts = [escape(_bound_in_words(record).capitalize())]
    if record["measured"] is not None:
        parts.append(f"measured here {_measured('b', record)}")
    if record["recorded"]:
        when = f"recorded {record['recorded']['date']} by {record['recorded']['experiment']}"
        parts.append(escape(f"{when}: {_spread(record['recorded'])}"))
    if _published(record):
        parts.append(escape(f"published: {_published(record)}"))
    return (
        f'<details class="rnnbook-claim" id="claim-{record["id"]}">'
        f"<summary>Checked: {escape(record['statement'])}</summary>"
        f"<p>{' · '.join(parts)}</p></details>"
    )


def _ledger_row(record: Mapping[str, Any]) -> str:
    link = f'<a href="#claim-{record["id"]}">{escape(record["statement"])}</a>'
    cells = [
        f"<td>{escape(format_bound(*record['bound']))}</td>",
        _measured("td", record) if record["measured"] is not None else "<td>–</td>",
        f"<td>{escape(_spread(record['recorded']) if record['recorded'] else '–')}</td>",
        f"<td>{escape(_published(record) or '–')}</td>",
    ]
    return f'<tr><th scope="row">{link}</th>{"".join(cells)}</tr>'


def _measured(tag: str, record: Mapping[str, Any]) -> str:
    # The class is what nbval masks: this number depends on the machine, the bound does not.
    return f'<{tag} class="rnnbook-measured">{format_number(record["measured"])}</{tag}>'


def _show(text: str, html: str, metadata: dict[str, Any]) -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    if InteractiveShell.initialized():
        bundle = {"text/plain": text, "text/html": html}
        display(bundle, raw=True, metadata=metadata)
    else:
        say(text)
