"""The translator: the page writes what Python writes, and says of it what is so."""

from __future__ import annotations

import gzip
import html
import re
import sys
from pathlib import Path

import pytest
import torch
import traitlets

from rnnbook.models import DecoderState, beam_search
from rnncourse.figures import bundle
from rnncourse.figures._letters import percent
from rnncourse.figures._translator import END, START, as_read, kind_of

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from made_up_translator import (
    EXAMPLES,
    MORPHEMES,
    NUMBERS,
    READS,
    WORDS,
    WRITES,
    figure,
    in_the_page,
    network,
    number_figure,
)

STEPS = kind_of(READS).steps

TRANSLATE = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
const made = createTranslator(settings.network, settings.reads, settings.writes);
const { nameOf } = made;
process.stdout.write(JSON.stringify(cases.map(({ text, blocked, other }) => {
  const read = made.asRead(text);
  const { letters, note } = read;
  const [result, free] = [made.translate(read, blocked), made.translate(read, [])];
  const before = made.translate(made.asRead(other ?? text), blocked);
  return {
    line: result.line,
    letters: typeof settings.reads === "string" ? letters.join("") : letters,
    note,
    tokens: result.steps.map(({ k }) => k),
    p: result.steps.map(({ p }) => p),
    weights: result.steps.map(({ weights }) => weights),
    beam: made.search(read, blocked),
    says: describeTranslation(result, nameOf),
    steps: result.steps.map((_, t) => describeStep(result, t, nameOf)),
    start: describeStep(result, -1, nameOf),
    blocking: letters.map((_, s) => describeBlocking(free, result, s, nameOf)),
    change: describeChange(before, result),
    beamed: beamInWords(made.search(read, blocked), result.line, BEAM, made.kind.unit),
  };
})));
"""
DATES = """
import { readFileSync } from "node:fs";
const lines = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(lines.map(isDate)));
"""
CHANGES = """
import { readFileSync } from "node:fs";
const lines = JSON.parse(readFileSync(0, "utf8"));
const result = (line, note = "") => (
  { kind: kindOf(""), line, note, letters: ["a"], units: [...line], steps: [...line] }
);
process.stdout.write(JSON.stringify(
  lines.map(([before, after, note]) => describeChange(result(before), result(after, note)))
));
"""


READ = """
import { readFileSync } from "node:fs";
const lines = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(lines.map((line) => kindOf([]).cut(line))));
"""
DIFFERENT = """
import { readFileSync } from "node:fs";
const pairs = JSON.parse(readFileSync(0, "utf8"));
const apart = pairs.map(([units, other]) => differences(units.split(" "), other.split(" ")));
process.stdout.write(JSON.stringify(apart.map((one) => [...one])));
"""


def on_the_page(shown, folder, *cases):
    full = [{"blocked": [], **case} for case in cases]
    return in_the_page(TRANSLATE, folder, {"settings": shown.settings(), "cases": full})


def close(ours, page):
    page = torch.tensor(page).double()
    assert page.shape == ours.shape
    assert (page - ours).abs().max() / ours.abs().max() <= 1e-5


CASES = [
    {"text": EXAMPLES[0]},
    {"text": EXAMPLES[1], "blocked": [0, 3, 10]},
    {"text": "a"},
    {"text": "ab", "blocked": [1, 9]},
    {"text": "1 2 3 4 5 6 7 8 9 0 " * 3},
]


def test_the_page_writes_what_python_writes(tmp_path):
    shown = figure()
    for case, found in zip(CASES, on_the_page(shown, tmp_path, *CASES), strict=True):
        ours = shown.translation(case["text"], case.get("blocked", []))
        assert (found["line"], found["tokens"]) == (ours.line, ours.tokens)
        close(ours.p, found["p"])
        close(ours.weights, found["weights"])
        for place in set(case.get("blocked", [])) & set(range(len(ours.letters))):
            assert all(row[place] == 0 for row in found["weights"])
        torch.testing.assert_close(ours.weights.sum(dim=1), torch.ones(len(ours.tokens)).double())


def test_the_page_writes_numbers_as_python_does(tmp_path):
    shown = number_figure()
    cases = [{"text": "97"}, {"text": "97", "blocked": [1]}, {"text": "777 777", "blocked": [0, 4]}]
    lines = set()
    for case, found in zip(cases, on_the_page(shown, tmp_path, *cases), strict=True):
        ours = shown.translation(case["text"], case.get("blocked", []))
        assert (found["line"], found["tokens"]) == (ours.line, ours.tokens)
        assert found["letters"] == list(ours.letters)
        close(ours.p, found["p"])
        close(ours.weights, found["weights"])
        assert len(ours.tokens) <= kind_of(WORDS).steps == 14
        lines.add(ours.line)
    assert len(lines) == 3, "a network that always writes the same would prove little"


def test_what_is_said_of_a_number(tmp_path):
    shown = number_figure()
    free, less = (shown.translation("97", block).line for block in ([], [1]))
    found, barred = on_the_page(shown, tmp_path, {"text": "97"}, {"text": "97", "blocked": [1]})
    right = "num2words writes siebenundneunzig."
    assert found["says"].startswith(f"It writes {free}; {right} It is least sure of morpheme ")
    assert found["start"].startswith("The encoder has read 2 words, and nothing is written yet. ")
    assert found["start"].endswith("“Next morpheme” writes the first.")
    assert ", morpheme 1: given " in found["steps"][0]
    assert f"{free} became {less}. {right} The encoder has read the word, " in barred["blocking"][1]
    one = on_the_page(shown, tmp_path, {"text": "7"})[0]
    assert one["start"].startswith("The encoder has read 1 word, and")


def test_what_is_no_number_is_named(tmp_path):
    for text, why in (
        ("seven", "“seven” is not a whole number in digits."),
        ("1.5", "“1.5” is not a whole number in digits."),
        ("1,50", "“1,50” is not a whole number in digits."),
        ("-7", "It reads no negative numbers: the smallest is 0."),
        ("1000000", "That is too large: it reads numbers up to 999,999."),
        ("", ""),
    ):
        (found,) = on_the_page(number_figure(), tmp_path, {"text": text})
        assert found["says"] == f"Type a number, and it is translated. {why}".strip()
        assert found["tokens"] == found["beam"] == []
        shown = number_figure(text=text)
        assert list(shown.translation().letters) == found["letters"] == []
        assert "Here you can type a number" in shown.still()


def test_a_number_is_read_as_python_reads_it(tmp_path):
    texts = [
        " 97 ",
        "007",
        "431,297",
        "431 297",
        "431\u202f297",
        "0",
        "1,000",
        "4312,97",
        "２",
        "9 9",
    ]
    found = in_the_page(READ, tmp_path, texts)
    assert [one["tokens"] for one in found] == [list(as_read(text, WORDS)) for text in texts]
    assert [bool(one["tokens"]) for one in found] == [True] * 7 + [False] * 3


def test_where_two_writings_differ(tmp_path):
    pairs = [
        ["a b c", "a b c"],
        ["a b c", "a x c"],
        ["a c", "a b c"],
        ["a b x c", "a c"],
        ["a x y c", "a b c"],
        ["a a", "a a a"],
        ["x", "a b c"],
    ]
    assert in_the_page(DIFFERENT, tmp_path, pairs) == [
        [],
        [[1, "x"]],
        [],
        [[1, ""], [2, ""]],
        [[1, "b"], [2, ""]],
        [],
        [[0, "a"]],
    ]


def test_python_writes_what_the_model_translates():
    shown, model = figure(), figure()._network
    lines = set()
    for text in (*EXAMPLES, "a"):
        ids = shown._known[0].encode(text)[:, None]
        for block in ([], [0]) if len(text) > 1 else ([],):
            barred = torch.tensor([[place in block] for place in range(len(text))])
            tokens = model.translate(ids, [len(text)], START, END, STEPS, block=barred)[:, 0]
            ours = shown.translation(text, block)
            assert ours.tokens == tokens.tolist()[: len(ours.tokens)]
            assert ours.tokens[-1] == END or len(ours.tokens) == STEPS
            lines.add(ours.line)
    assert len(lines) > 2, "a network that always writes the same would prove little"
    assert END in shown.translation(EXAMPLES[0]).tokens


def test_the_beam_is_python_s(tmp_path):
    shown = figure()
    for case, found in zip(CASES, on_the_page(shown, tmp_path, *CASES), strict=True):
        letters = shown.translation(case["text"], []).letters
        ids = shown._known[0].encode(letters)[:, None]
        block = torch.tensor([[s in case.get("blocked", [])] for s in range(len(letters))])
        state = shown._network.encode(ids, [len(letters)], block)
        # Of the state, the layer's part alone is one a hypothesis: the memory is the same for all.
        ours = beam_search(
            lambda tokens, h, memory=state.memory: _step(shown._network, tokens, h, memory),
            state.layer, START, width=4, steps=STEPS, end=END,
        )  # fmt: skip
        lines = [shown._known[1].decode([k for k in one.tokens if k != END]) for one in ours]
        assert [one["line"] for one in found["beam"]] == lines
        p = torch.tensor([one.log_probability for one in ours]).exp()
        torch.testing.assert_close(
            torch.tensor([one["p"] for one in found["beam"]]), p, rtol=1e-3, atol=1e-6
        )
        best = "the one" if lines[0] == found["line"] else "not the one"
        assert f"The likeliest text is {best} that" in found["beamed"]


def _step(model, tokens, h, memory):
    values, mask, keys = (part.expand(-1, len(tokens), *part.shape[2:]) for part in memory)
    logits, state = model.step(tokens, DecoderState(h, (values, mask, keys)))
    return logits, state.layer


def test_what_it_does_not_know_is_left_out_and_said(tmp_path):
    shown = figure()
    for text, left in (
        ("7 mars 2024ß", "“ß”, which is"),
        ("Ω·7 mars 2024", "“Ω” and “·”, which are"),
    ):
        (found,) = on_the_page(shown, tmp_path, {"text": text})
        assert found["letters"] == shown.translation(text).letters == "7 mars 2024"
        assert found["line"] == shown.translation("7 mars 2024").line
        assert found["says"].endswith(f"It does not know {left} left out.")
    decomposed = "e\u0301"
    assert shown.translation(decomposed).letters == "é"
    assert on_the_page(shown, tmp_path, {"text": decomposed})[0]["letters"] == "é"


def test_what_is_said(tmp_path):
    shown = figure()
    free, less = (shown.translation(EXAMPLES[0], block) for block in ([], [0]))
    found, barred = on_the_page(
        shown, tmp_path, {"text": EXAMPLES[0]}, {"text": EXAMPLES[0], "blocked": [0]}
    )
    sure = [float(p[k]) for p, k in zip(free.p, free.tokens, strict=True)]
    least = sure.index(min(sure))
    given = html.unescape(percent(min(sure)))
    name = "end" if free.tokens[least] == END else WRITES[free.tokens[least]]
    assert found["says"].startswith(f"It writes {free.line}, which is no day of the calendar: ")
    assert found["says"].endswith(f"It is least sure of character {least + 1}, “{name}”: {given}.")
    assert found["start"].startswith("The encoder has read 11 letters, and nothing is written yet.")
    top = int(free.weights[0].argmax())
    letter = {" ": "the space"}.get(EXAMPLES[0][top], f"“{EXAMPLES[0][top]}”")
    share = html.unescape(percent(float(free.weights[0, top])))
    assert f"It looks most at {letter} ({share})" in found["steps"][0]
    assert found["steps"][0].startswith(f"“{WRITES[free.tokens[0]]}”, character 1: given ")
    assert found["steps"][-1].startswith("The end, character ")
    most = float(free.weights[:, 0].max())
    had = html.unescape(percent(most))
    assert barred["blocking"][0].startswith(
        f"“7” is blocked, its weight is 0 (it had at most {had}"
    )
    stays = f"The output stays {free.line}." in barred["blocking"][0]
    assert stays == (free.line == less.line)
    assert barred["blocking"][1].startswith("The space may be looked at again. ")


def test_what_is_said_of_nothing(tmp_path):
    (found,) = on_the_page(figure(), tmp_path, {"text": "Ω"})
    assert found["tokens"] == found["beam"] == []
    assert found["says"].startswith("Type a date, and it is translated. It does not know “Ω”, ")
    assert figure(text="Ω").translation().line == ""
    assert "Here you can type a date" in figure(text="Ω").still()


def test_a_change_is_named_by_its_part(tmp_path):
    said = in_the_page(
        CHANGES,
        tmp_path,
        [
            ["2024-03-07", "2024-03-07"],
            ["2024-03-07", "2024-05-07"],
            ["2024-03-07", "1999-03-08", "It does not know “ß”, which is left out."],
            ["2024-03-07", "2024-02-31"],
            ["2024-03-07", "202"],
        ],
    )
    assert said[0] == "The output stays 2024-03-07."
    assert said[1] == "2024-03-07 became 2024-05-07: the month changed."
    assert said[2] == (
        "2024-03-07 became 1999-03-08: the year and the day changed. "
        "It does not know “ß”, which is left out."
    )
    assert said[3] == "2024-03-07 became 2024-02-31. That is no day of the calendar."
    assert said[4] == "2024-03-07 became 202. That is no day of the calendar."


def test_a_day_of_the_calendar(tmp_path):
    lines = ["2024-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "202-01-01", "", "2024-1-01"]
    assert in_the_page(DATES, tmp_path, lines) == [True, *[False] * 6]


def test_the_still():
    shown = figure(blocked=[0], text="7 <mars> 2024")
    still = shown.still()
    assert still == figure(blocked=[0], text="7 <mars> 2024").still()
    made = shown.translation()
    assert f'<p class="rnnbook-translator-line">{made.line}</p>' in still
    assert still.count("<tr>") == 1 + len(made.tokens)
    assert '<th scope="col"><s>7</s></th><th scope="col">␣</th>' in still
    first = re.search(r"<tbody><tr>(.*?)</tr>", still)[1]
    cells = re.findall(r'<td(?: style="--weight:(\d+)%")?>', first)
    assert [int(cell or 0) for cell in cells] == [round(100 * w) for w in made.weights[0].tolist()]
    assert cells[0] == "", "it is blocked"
    assert 'style="--letters:11"' in still


def test_the_still_of_a_number():
    still = number_figure(blocked=[1]).still()
    assert still.startswith('<div class="rnnbook-translator rnnbook-translator-of-words">')
    assert '<th scope="col">ninety</th><th scope="col"><s>seven</s></th>' in still
    assert "Read: “ninety seven”. " in still
    assert "A row is a morpheme that is written: the stronger a word’s colour," in still


def test_what_is_read_first():
    assert figure().text == EXAMPLES[0]
    assert figure(examples=[]).text == ""
    assert figure(text="one").text == "one"
    assert figure(examples="one two").examples == ["one two"]
    assert figure().written == STEPS


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("translator").encode())) <= 11 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    network()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure().page()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "x" * 61}, "text must be one line of at most 60 characters, got 'xxx"),
        ({"text": "a\nb"}, "text must be one line of at most 60 characters, got 'a\\nb'"),
        ({"text": 3}, "text"),
        ({"blocked": [-1]}, "each of blocked must be 0 or more, got [-1]"),
        ({"blocked": [0.5]}, "blocked"),
        ({"text": "a", "blocked": [0]}, "blocked must leave a letter of 'a', got [0]"),
        ({"written": -1}, "written must be 0 to 11, got -1"),
        ({"written": 12}, "written must be 0 to 11, got 12"),
        ({"reads": "aa"}, "reads must be different characters: characters must differ"),
        ({"reads": "a"}, "reads must be 2 characters or more, got 'a'"),
        ({"writes": "·<>"}, "writes must be 4 characters or more, got '·<>'"),
        ({"reads": READS + "!"}, "network must be an EncoderDecoder that reads 41 tokens and"),
        ({"network": None}, "network must be a dict, got None"),
        ({"network": {"H": 6}}, "network must have 'D', got none"),
        ({"network": {"H": 6, "D": 4}}, "network must have 'parameters', got none"),
        ({"network": {**network(), "H": 5}}, "network must be an EncoderDecoder that reads"),
        ({"examples": [""]}, "each of examples must have a letter that is known"),
        ({"examples": ["x" * 61]}, "each of examples must be one line of at most 60 characters"),
        ({"examples": ["é", "e\u0301"]}, "examples must differ as they are read, got ['é'] twice"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**{"text": "abc", **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "7", "blocked": [0]}, "blocked must leave a word of ('seven',), got [0]"),
        ({"written": 15}, "written must be 0 to 14, got 15"),
        ({"reads": ["a", "a"]}, "reads must be different words: words must differ"),
        ({"writes": ["·", "<", ">"]}, "writes must be 4 words or more, got ['·', '<', '>']"),
        ({"writes": [*MORPHEMES, "!"]}, "network must be an EncoderDecoder that reads 33 tokens"),
        ({"examples": ["seven"]}, "each of examples must have a word that is known"),
        ({"examples": [NUMBERS[1], "431297"]}, "examples must differ as they are read, got"),
    ],
)
def test_what_does_not_fit_a_number_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        number_figure(**{"text": "97", **options})


def test_what_is_set_later_is_checked():
    shown = figure(text="abc", blocked=[0])
    for name, value in (("text", "x" * 61), ("text", "a"), ("blocked", [0, 1, 2]), ("written", 99)):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError, match="must"):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
    shown.blocked = [0, 2, 40]
    assert shown.translation().weights[:, [0, 2]].abs().sum() == 0
