"""What the style sheet of the book keeps: rules for what can be there, and what these need."""

import pytest

from purge import Known, names_in, purged

PAGE = '<p class="note big" id=top style="color: var(--own)"><i class=\'icon\'>x</i>'
SCRIPT = 'const name = `tip-${place}`; root.classList.add("open")'
KNOWN = names_in([PAGE], [SCRIPT])


def test_names_are_those_of_pages_and_scripts() -> None:
    assert {"note", "big", "top", "icon", "open", "--own"} <= KNOWN.names
    assert "tip-left" in KNOWN
    assert "note-x" not in KNOWN


@pytest.mark.parametrize(
    "kept",
    [
        "p a:hover{margin:0}",
        "[data-theme=dark] .note::before{content:'x'}",
        ".note.big>#top{margin:0}",
        ".tip-left{margin:0}",
        ".note:not(.absent){margin:0}",
        ":is(.absent,.note) b{margin:0}",
        "@media print{.note{margin:0}}",
        "@supports (display:grid){@media print{.note{margin:0}}}",
        ".note{--a:1;margin:var(--a)}",
        ".note{--own:1}",
        ".note{animation:turn 1s}@keyframes turn{to{rotate:1turn}}",
        "@font-face{font-family:My\\ Font;src:url(a.woff2)}.icon{font:1em 'My Font'}",
        ".icon{background:url(\"data:image/svg+xml;,<svg class='absent'>\")}",
    ],
)
def test_kept(kept: str) -> None:
    assert purged(kept, KNOWN) == kept.replace("'x'", '"x"').replace("'My Font'", '"My Font"')


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".absent,.note .absent,#absent{margin:0}", ""),
        (".absent,.note{margin:0}", ".note{margin:0}"),
        (":is(.absent,#absent) b{margin:0}", ""),
        ("@media print{.absent{margin:0}}", ""),
        ("@keyframes turn{to{rotate:1turn}}", ""),
        ("@font-face{font-family:Mine;src:url(a.woff2)}", ""),
        ("p{--a:var(--b);--b:1;--c:2;top:var(--a)}", "p{--a:var(--b);--b:1;top:var(--a)}"),
        (":root{--a:var(--b);--b:1}", ""),
        ('@charset "UTF-8";p  >  b { margin : 0 ; /* no */ }', "p > b{margin : 0}"),
    ],
)
def test_left_out(sheet: str, left: str) -> None:
    assert purged(sheet, KNOWN) == left


@pytest.mark.parametrize("wrong", ['@import "other.css";', "p{margin:0}}"])
def test_a_sheet_that_cannot_be_purged_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"style sheet|is not followed"):
        purged(wrong, Known(frozenset()))
