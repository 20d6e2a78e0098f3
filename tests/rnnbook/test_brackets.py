"""Which bracket closes which."""

import pytest

from rnnbook.data import stdlib_text
from rnnbook.data.brackets import CLOSERS, bracket_pairs


def test_pairs_are_in_the_order_of_closing():
    text = "f(a[1], {2})\n"
    assert bracket_pairs(text) == [(3, 5), (8, 10), (1, 11)]


def test_strings_and_comments_do_not_count():
    text = "x = '('  # )\ny = (\n    ']'  # ]\n)\n"
    (pair,) = bracket_pairs(text)
    assert [text[i] for i in pair] == ["(", ")"]
    assert pair == (text.index("(\n"), len(text) - 2)


@pytest.mark.parametrize("text", ["(\n", ")\n", "'''\n"])
def test_what_is_no_python(text):
    with pytest.raises(ValueError, match="text must be Python source"):
        bracket_pairs(text)


def test_the_corpus():
    text = stdlib_text().text
    pairs = bracket_pairs(text)
    assert len(pairs) > 5000
    assert all(CLOSERS[text[i]] == text[j] for i, j in pairs)
