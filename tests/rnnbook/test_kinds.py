"""What belongs to code, comments and strings, and the text that shows it."""

from __future__ import annotations

import pytest

from rnnbook.data import KINDS, code_kinds, stdlib_text
from rnncourse.plots.text import to_html

TEXT = 'x = "# no"  # yes\ny = 1\n'


def test_kinds_of_a_line():
    assert KINDS == ("code", "comment", "string")
    assert code_kinds(TEXT).tolist() == [0] * 4 + [2] * 6 + [0] * 2 + [1] * 5 + [0] * 7


def test_kinds_over_lines():
    text = 'def f():\n    """One\n    two."""\n    return 1\n'
    marked = "".join(c for c, k in zip(text, code_kinds(text), strict=True) if k == 2)
    assert marked == '"""One\n    two."""'


def test_kinds_of_the_standard_library():
    text = stdlib_text().text
    kinds = code_kinds(text)
    assert kinds.shape == (len(text),)
    comments = [i for i in range(len(text)) if kinds[i] == 1 and (i == 0 or kinds[i - 1] != 1)]
    assert len(comments) > 1000
    assert all(text[i] == "#" for i in comments)


def test_what_is_no_source():
    with pytest.raises(ValueError, match="text must be Python source"):
        code_kinds('x = """never closed')


def test_marked_text_escapes_and_keeps_every_character():
    page = to_html("a < b  # <i>", [0] * 7 + [1] * 5, ("code", "comment"), "Is 1 < 2?")
    assert "a &lt; b  <mark" in page
    assert "# &lt;i&gt;</mark></pre>" in page
    assert 'title="comment"' in page
    assert "code has no mark. Is 1 &lt; 2?</figcaption>" in page


@pytest.mark.parametrize(
    ("text", "marks", "names", "message"),
    [
        ("abc", [0, 1], ("a", "b"), "marks must be 3, one a character, got 2"),
        ("ab", [0, 2], ("a", "b"), "marks must lie between 0 and 1"),
        ("a", [0], tuple("abcde"), "names must be at most 4, got 5"),
    ],
)
def test_marked_text_refuses(text, marks, names, message):
    with pytest.raises(ValueError, match=message):
        to_html(text, marks, names, "")
