"""Which bracket closes which, and what a network makes of it."""

import pytest
import torch

from rnnbook import LSTMCell
from rnnbook.data import Split, stdlib_text
from rnnbook.models import LanguageModel
from rnncourse.lessons.ch03 import probes
from rnncourse.lessons.ch03.brackets import CLOSERS, bracket_pairs


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


@pytest.mark.draws
def test_the_shift_is_asked_in_evaluation_mode(monkeypatch):
    torch.manual_seed(0)
    text = "f(x)[y](z)[w]" * 40
    ids = torch.tensor(["f()[]x".find(c) % 6 for c in text])
    vocabulary = type("Few", (), {"encode": lambda self, c: torch.tensor(["()[]".find(c)])})()
    parts = ids[:90], ids[90:100], ids[100:]
    monkeypatch.setattr(probes, "CONTEXT", 20)
    monkeypatch.setattr(probes, "stdlib_text", lambda: type("Text", (), {"text": text}))
    monkeypatch.setattr(probes, "stdlib_split", lambda: Split(*parts, vocabulary))
    probes.unseen_pairs.cache_clear()
    model = LanguageModel(LSTMCell, 6, 5, num_layers=2, dropout=0.5)
    found = probes.bracket_shift(model, 1, 20)
    assert model.training
    assert torch.equal(found, probes.bracket_shift(model.eval(), 1, 20))
    assert not model.training
    probes.unseen_pairs.cache_clear()
