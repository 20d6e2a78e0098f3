"""Write with it: the page draws what Python draws, and says of it what is so."""

from __future__ import annotations

import gzip
import html
import re
import sys
from math import log2
from pathlib import Path

import pytest
import torch
import traitlets

from rnncourse.experiments.packing import round_weights
from rnncourse.experiments.reader import Reader
from rnncourse.figures import bundle
from rnncourse.figures._letters import percent
from rnncourse.figures._reader import CELLS

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from made_up_writer import ALPHABET, EXAMPLES, figure, in_the_page, writer

GO_ON = """
import { readFileSync } from "node:fs";
const { settings, text, counts, draws } = JSON.parse(readFileSync(0, "utf8"));
const tape = new Tape(settings.reader, settings.alphabet);
tape.set(text);
const typed = describeTyping(tape, tape.typed);
for (const count of counts) for (let n = 0; n < count; n++) tape.write(draws);
const each = tape.steps.map((_, t) => tape.after(t));
process.stdout.write(JSON.stringify({
  typed,
  written: tape.written,
  p: each.map(({ p }) => p),
  chances: each.map(({ chances }) => chances(draws)),
  places: each.map((_, t) => placeInWords(tape, t) + drawnInWords(tape, t)),
  says: describeWriting(tape, tape.typed),
  units: unitsInWords(each.at(-1).h),
  values: unitValues(each.at(-1).h),
  set: (tape.set(text + "x"), tape.after(tape.letters.length).p),
  anew: (tape.set(""), tape.set(text + "x"), tape.after(tape.letters.length).p),
}));
"""
LOOPS = """
import { readFileSync } from "node:fs";
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => loopCount([...text]))));
"""


def draws_of(shown):
    return {name: getattr(shown, name) for name in ("temperature", "top_p", "top_k", "seed")}


def goes_on(shown, folder, counts, text=None):
    text = shown.text if text is None else text
    given = {"settings": shown.settings(), "text": text, "counts": counts}
    return in_the_page(GO_ON, folder, {**given, "draws": draws_of(shown)})


SETTINGS = [
    {},
    {"temperature": 2.0, "seed": 2**53 - 1},
    {"temperature": 0.1, "top_p": 0.9},
    {"temperature": 1.0, "top_k": 4, "top_p": 0.5, "seed": 3},
]


@pytest.mark.parametrize("kind", list(CELLS))
def test_the_page_writes_what_python_writes(tmp_path, kind):
    for settings in SETTINGS:
        shown = figure(reader=writer(kind), **settings)
        found = goes_on(shown, tmp_path, [1, 60, 139])
        assert found["written"] == shown.written == shown.continuation(200)
        scores = shown.scores(shown.text + shown.written)
        expected = scores.softmax(dim=1)
        torch.testing.assert_close(torch.tensor(found["p"]).double(), expected, rtol=0, atol=1e-4)
        ours = torch.stack([shown.chances(row) for row in scores])
        torch.testing.assert_close(torch.tensor(found["chances"]).double(), ours, rtol=0, atol=1e-3)
        assert found["set"] == pytest.approx(found["anew"], abs=1e-6), "only what is new is read"
        alone = shown.probabilities(shown.text + "x")[-1]
        assert found["set"] == pytest.approx(alone.tolist(), abs=1e-5)


def test_probabilities_are_the_reader_s_softmax_and_at_first_its_bias():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = Reader(CELLS["lstm"], len(ALPHABET), 5, classes=len(ALPHABET))
    trait = {"kind": "lstm", "H": 5, "parameters": model.pack()}
    shown = figure(reader=trait, length=0)
    ids = torch.tensor([ALPHABET.index(letter) for letter in "The ?"])
    model = round_weights(model.double())
    p = shown.probabilities("The ß")
    torch.testing.assert_close(p[1:], model(ids[:, None])[:, 0].softmax(dim=1))
    torch.testing.assert_close(p[0], model.readout.bias.softmax(dim=0))
    torch.testing.assert_close(shown.probabilities(""), p[:1])


def test_a_seed_has_one_continuation_and_the_last_character_is_never_written():
    first = figure(temperature=2.0)
    assert first.written == figure(temperature=2.0).written
    assert first.continuation(50) == first.written[:50]
    others = {figure(temperature=2.0, seed=seed).written for seed in range(5)}
    assert len(others) == 5
    assert "?" not in "".join(others)
    assert len(first.written) == 200
    assert float(first.chances(first.scores("x")[-1])[-1]) == 0
    assert figure(length=0).written == ""
    assert len(figure(text="", length=3).written) == 3


def test_what_is_said(tmp_path):
    shown = figure(temperature=1.0, length=40)
    found = goes_on(shown, tmp_path, [40])
    start, text = len(shown.text), shown.text + shown.written
    p = shown.probabilities(text)
    given = [float(p[t, ALPHABET.index(letter)]) for t, letter in enumerate(text)]
    mean = html.unescape(percent(sum(given[start:]) / 40))
    cost = sum(-log2(one) for one in given[start:]) / 40
    assert found["says"] == (
        f"It wrote 40 characters at temperature 1; on average each was given {mean}, "
        f"and cost {cost:.1f}\u00a0bits."
    )
    mine = sum(-log2(one) for one in given[1:start]) / (start - 1)
    assert found["typed"].startswith("The network gave “t” ")
    assert found["typed"].endswith(f"Your text costs it {mine:.1f}\u00a0bits a character.")
    bits = re.escape(f"{-log2(given[4]):.1f}\u00a0bits")
    assert re.fullmatch(rf"“c” after “The␣”: given .*, {bits}", found["places"][4])
    assert found["places"][0].startswith("“T” at the start: given")
    assert found["places"][7].startswith("The line end after “The␣cat”: ")
    assert re.search(r"; drawn with .* at temperature 1$", found["places"][start])
    assert found["places"][-1].startswith("The next character, after “…")
    assert found["units"].startswith("6 units: ")
    assert found["values"]["head"][-1] == "6."
    assert found["values"]["rows"][0][0] == "1–6"


def test_what_is_said_of_little(tmp_path):
    found = goes_on(figure(), tmp_path, [], text="")
    assert found["typed"] == "Nothing is typed. “Go on” lets the network begin by itself."
    assert found["says"].startswith("The network has written nothing here yet.")
    assert found["units"] == "6 units, all 0: nothing has been read."
    assert found["places"] == ["The next character, at the start"]
    found = goes_on(figure(), tmp_path, [1], text="ß")
    assert re.match(r"The network gave “ß” .*, before it had read anything: ", found["typed"])
    assert found["typed"].endswith("It does not know “ß”.")
    assert re.match(r"It wrote .* at temperature 0\.7: given .*bits; drawn with ", found["says"])


def test_a_loop_is_one_that_has_been_seen_twice_before(tmp_path):
    twenty = "abcdefghijklmnopqrst"
    texts = [twenty, 2 * twenty, 3 * twenty, "x" + 3 * twenty + "y", "a" * 22, "a" * 21]
    assert in_the_page(LOOPS, tmp_path, texts) == [0, 1, 2, 0, 2, 1]
    greedy = figure(top_k=1)
    says = goes_on(greedy, tmp_path, [200])["says"]
    times = int(
        re.search(r"It repeats itself: the last 20 stood there (\d+) times before", says)[1]
    )
    text = greedy.text + greedy.written
    assert times == sum(text[k : k + 20] == text[-20:] for k in range(len(text) - 20)) >= 2
    assert says.endswith(": at a low temperature a network easily falls into a loop.")
    hot = goes_on(figure(temperature=2.0), tmp_path, [200])["says"]
    assert "repeats" not in hot


def test_a_text_is_read_in_small_letters_if_there_are_no_others(tmp_path):
    small = ALPHABET.replace("T", "ä")
    shown = figure(alphabet=small, reader=writer(alphabet=small), text="THE E\u0301")
    assert torch.equal(shown.probabilities("THE"), shown.probabilities("the"))
    assert shown.continuation(9) == goes_on(shown, tmp_path, [9])["written"]
    assert shown.still().startswith('<p class="rnnbook-write-text">the é<ins>')
    assert not torch.equal(figure().probabilities("The"), figure().probabilities("the"))


def test_the_still():
    shown = figure(temperature=1.5, top_k=5, text="a <b> ")
    still = shown.still()
    assert still == figure(temperature=1.5, top_k=5, text="a <b> ").still()
    start = f'<p class="rnnbook-write-text">a &lt;b&gt; <ins>{html.escape(shown.written)}</ins></p>'
    assert still.startswith(start)
    assert "at temperature 1.5, top-k 5.</p>" in still
    assert still.count("<tr>") == 11
    text = shown.text + shown.written
    p = shown.probabilities(text)[-1]
    best = int(p.argmax())
    first = re.search(r'<tbody><tr><th scope="row">(.*?)</th><td .*?>(.*?)</td>', still)
    assert re.sub("</?s>", "", first[1]) == {" ": "␣", "\n": "⏎", "\t": "⇥"}.get(
        ALPHABET[best], "any other" if best == len(ALPHABET) - 1 else ALPHABET[best]
    )
    assert first[2] == percent(float(p[best]))
    cut = still.count("<td>cut</td>") + still.count("<td>never</td>")
    assert cut == still.count("<s>") >= 5


def test_what_is_read_first():
    assert figure().text == EXAMPLES[0]
    assert figure(examples=[]).text == ""
    assert figure(text="one").text == "one"
    assert figure(examples="one two").examples == ["one two"]
    assert figure().top_k == len(ALPHABET) - 1


def test_it_is_light():
    script = gzip.compress(bundle.static_figure("write_with_it").encode())
    assert len(script) <= 9 * 1024


def test_drawing_leaves_the_reader_s_random_numbers_alone():
    trait = writer()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    figure(reader=trait).page()
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "x" * 501}, "text must have at most 500 characters, got 'xxx"),
        ({"text": 3}, "text"),
        ({"temperature": 0.0}, "temperature must be 0.1 to 2, got 0.0"),
        ({"temperature": 2.1}, "temperature must be 0.1 to 2, got 2.1"),
        ({"temperature": float("nan")}, "temperature must be 0.1 to 2, got nan"),
        ({"top_p": 0.05}, "top_p must be 0.1 to 1, got 0.05"),
        ({"top_p": "1"}, "'top_p' trait"),
        ({"top_k": 0}, "top_k must be 1 to 31, got 0"),
        ({"top_k": 32}, "top_k must be 1 to 31, got 32"),
        ({"seed": -1}, "seed must be 0 to 9007199254740991, got -1"),
        ({"seed": 0.5}, "'seed' trait"),
        ({"length": -1}, "length must be 0 to 1000, got -1"),
        ({"length": 1001}, "length must be 0 to 1000, got 1001"),
        ({"length": "9"}, "length must be 0 to 1000, got '9'"),
        ({"alphabet": ""}, "alphabet must be different characters: characters must hold"),
        ({"alphabet": "aa"}, "alphabet must be different characters: characters must differ"),
        ({"alphabet": "a"}, "alphabet must be two or more different characters, got 'a'"),
        ({"alphabet": ALPHABET + "!"}, "reader must be a network of 33 characters and 33 classes"),
        ({"reader": None}, "kind of reader must be 'simple' or 'lstm' or 'gru', got None"),
        ({"reader": {"kind": "gru", "H": 6}}, "reader must have 'parameters', got none"),
        ({"reader": {**writer(), "H": 5}}, "reader must be a network of 32 characters and 32"),
        ({"examples": [""]}, "each of examples must be some text, got ''"),
        ({"examples": ["x" * 501]}, "each of examples must have at most 500 characters, got"),
        ({"examples": ["é", "e\u0301"]}, "examples must differ as they are read, got ['é'] twice"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        figure(**{"text": "a", "length": 5, **options})


def test_what_is_set_later_is_checked():
    shown = figure()
    for name, value in (("temperature", 9.0), ("top_k", 99), ("text", "x" * 501), ("written", "?")):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError, match=f"{name} must"):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
    shown.temperature = 1.1
    assert shown.continuation(20) != figure(temperature=0.1).continuation(20)
