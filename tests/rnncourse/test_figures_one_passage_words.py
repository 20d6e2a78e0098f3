"""One passage, three readers: what the page says of what it finds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rnncourse.figures import OnePassage
from rnncourse.lessons.three_readers.readers import shipped

sys.path.insert(0, str(Path(__file__).parent))
from one_passage_page import FIND, OWN, SAY, in_the_page, place


def test_words_say_what_is_not_known_of_a_typed_text(tmp_path):
    plain, some, many = in_the_page(OWN, [[], ["ö", "\t"], list("BGHJKQU")], tmp_path)
    assert plain == "What is right in your own text is not known: the bits are of its own answer."
    assert "It does not know “ö” and tab, and takes all such for one and the same." in some
    assert "“J”, “K”, “Q” and 1 more, and" in many
    case = place(at=29, text='say("is this # a remark or not')
    (found,) = in_the_page(FIND, [case], tmp_path)
    assert found["words"][0].startswith(
        "At o, line 1: the simple network says comment. It hangs on"
    )
    still = OnePassage(**shipped(), text="# so").still()
    assert "What is right here is not known: the bits are of its own answer." in still


def hangs(says, top, bits, first, foretold=0.0, turns=None):
    """What the study finds of one reader, as far as words need it; characters from 0."""
    top, first = {"t": top, "bits": bits}, {"t": first, "bits": 1.0}
    turns = turns or says
    return {"says": says, "top": top, "first": first, "foretold": foretold, "turns": turns}


def said(folder, text, kinds, read, one, norm=False):
    """The words on an LSTM that was made up; the cursor is at the end of ``read``."""
    case = {
        "text": text,
        "kinds": kinds,
        "at": text.index(read) + len(read) - 1,
        "isNorm": norm,
        "one": one | {"title": "LSTM", "kind": "lstm"},
    }
    return in_the_page(SAY, [case], folder)[0]


def test_words_say_what_is_remembered_and_whether_the_gradient_says_so(tmp_path):
    text, kinds = 'x = "as it is"  # so\n', "0" * 4 + "2" * 10 + "00" + "1" * 4 + "0"
    assert said(tmp_path, text, kinds, "as i", hangs("string", 4, 7.21, 4, 6.0, "code")) == (
        "At i, line 1, in a string: the LSTM says string. It remembers the quote that opens it, 4 "
        "characters back: with “e” in its place, the answer moves by 7.2 bits and becomes code. "
        "Its gradient foretells 6.0 bits, and names it too."
    )
    other = hangs("code", 6, 3.0, 7)
    assert said(tmp_path, text, kinds, "as i", other) == (
        "At i, line 1, in a string: the LSTM says code. It hangs on the “s” 2 characters back: "
        "with “e” in its place, the answer moves by 3.0 bits and stays code. Its gradient "
        "foretells 0.0 bits, and names the space 1 character back."
    )
    norm = said(tmp_path, text, kinds, "as i", other, norm=True)
    assert norm.endswith("Its gradient’s norm is largest at the space 1 character back.")
    near = said(tmp_path, text, kinds, '"as', hangs("string", 4, 5.0, 6))
    assert "hangs on the double quote 2 characters back" in near  # that needs no memory
    assert "names the “s” just read" in near
    code = said(tmp_path, text, kinds, "x =", hangs("code", 0, 5.0, 0))
    assert "hangs on the “x” 2 characters back" in code
    assert said(tmp_path, text, kinds, "# so\n", hangs("code", 0, 0.4, 0)) == (
        "At line end, line 1, in code: the LSTM says code. No single character moves its answer by "
        "half a bit."
    )


@pytest.mark.parametrize("opening", ['"""', 3 * "'", 'r"', "f'", "#"])
def test_words_know_what_opens_a_string_or_a_comment(tmp_path, opening):
    kind, mark = ("1", "#") if opening == "#" else ("2", "quote")
    text = f"x {opening}and so it is"
    kinds = "00" + kind * (len(text) - 2)
    for t in range(2, 2 + len(opening)):
        words = said(tmp_path, text, kinds, "it", hangs("string", t, 5.0, t))
        back = text.index("it") + 1 - t
        assert f"remembers the {mark} that opens it, {back} characters back" in words
    after = said(tmp_path, text, kinds, "it", hangs("string", 2 + len(opening), 5.0, 0))
    assert "hangs on the “a”" in after
    typed = said(tmp_path, text, None, "it", hangs("string", 2, 5.0, 0))
    assert "opens it" not in typed  # nobody has said where it opens


def test_words_say_what_the_figure_has_found(tmp_path):
    figure = OnePassage(**shipped())
    cases = [place(0, figure.at, figure.origin), place(0, figure.at, figure.at + 1)]
    opening, ahead = in_the_page(FIND, cases, tmp_path)
    for words, name in zip(opening["words"], ("simple network", "LSTM", "GRU"), strict=True):
        assert f"At k, line 8, in a comment: the {name} says comment." in words
        assert "It remembers the # that opens it, 29 characters back: with “e” in its" in words
    for words in opening["replaced"]:
        assert words.startswith("With “e” for the “#” 29 characters back, the ")
    assert set(ahead["replaced"]) == {"The character to be replaced is not read yet."}
    for one in opening["readers"]:
        assert one["turns"] == one["then"]
        assert one["top"]["bits"] == max(one["lower"]) == one["lower"][one["top"]["t"]]
        assert one["first"]["bits"] == max(one["upper"]) == one["upper"][one["first"]["t"]]
        assert one["moved"] == one["lower"][figure.origin - 1]
        assert one["named"] == one["upper"][figure.origin - 1]
        assert one["foretold"] == one["upper"][one["top"]["t"]]


def test_a_letter_that_stands_there_already_becomes_another(tmp_path):
    text = shipped()["passages"][0]["text"]
    e, a = text.index("e") + 1, text.index("a") + 1
    cases = [
        place(0, 60, e),
        place(0, 60, a),
        place(0, 60, a, letter="a"),
        place(0, 60, e, "\ufffd"),
    ]
    found = in_the_page(FIND, cases, tmp_path)
    both, plain, same, rare = ({"replaced": one["replaced"][0]} for one in found)
    assert both["replaced"].startswith("With “a” for the “e”")
    assert plain["replaced"].startswith("With “e” for the “a”")
    assert same["replaced"].startswith("With “e” for the “a”")
    assert rare["replaced"].startswith("With some other character for the “e”")
