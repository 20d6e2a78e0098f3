"""The lattice of CTC: the page adds up what Python adds up, and says of it what is so."""

from __future__ import annotations

import gzip
import json
import re
import sys
from itertools import product
from math import comb
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets

from rnnbook.models.ctc import collapse, ctc_lattice, greedy_decode, prefix_beam_search
from rnncourse.figures import Lattice, bundle
from rnncourse.figures._lattice import RECORDINGS, SYMBOLS, frames_needed, likeliest_path

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from engine_node import node

STUDY = """
import { readFileSync } from "node:fs";
const { symbols, cases } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(({ y, word, path, width, numbers, at, begun }) => {
  const shown = studyWord(y, [...symbols], word, path ?? []);
  const reading = studyRecording(y, [...symbols]);
  const states = shown.labels.map((_, s) => s);
  return {
    ...shown,
    reading,
    beam: prefixBeam(y, width ?? 50),
    likeliest: likeliestPath(y, shown.labels, begun ?? []),
    says: describePath(shown),
    greedy: describeGreedy(reading),
    together: describeTotal(shown),
    cells: y.map((_, t) => states.map((s) => describeState(shown, t, s, numbers ?? "weighted"))),
    frames: y.map((_, t) => describeFrame(shown, t, numbers ?? "weighted")),
    why: y.map((_, t) => states.map((s) => whyNot(shown, t, s))),
  };
})));
"""
CELLS = """
import { readFileSync } from "node:fs";
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(cellNumber)));
"""
TWO_FRAMES = RECORDINGS["Two frames: blank or a"]


def in_the_page(script, folder, given):
    """What the figure's JavaScript answers."""
    module = folder / "lattice.mjs"
    module.write_text(bundle.live("lattice") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))


def studied(folder, *cases, symbols=SYMBOLS):
    return in_the_page(STUDY, folder, {"symbols": symbols, "cases": list(cases)})


def drawn(count):
    """Words and probabilities such as there may be, some words with equal letters side by side."""
    random = np.random.default_rng(0)
    for _ in range(count):
        ids = random.integers(1, 4, random.integers(0, 6)).tolist()
        T = int(random.integers(frames_needed(ids), 13))
        y = random.dirichlet(np.full(4, 0.5), T)
        yield ids, y


def close(ours, page):
    np.testing.assert_allclose(page, np.asarray(ours), rtol=1e-9, atol=1e-300)


def test_the_page_adds_up_what_python_adds_up(tmp_path):
    cases = list(drawn(40))
    given = [{"y": y.tolist(), "word": "".join("–abc"[k] for k in ids)} for ids, y in cases]
    for (ids, y), found in zip(cases, studied(tmp_path, *given, symbols="–abc"), strict=True):
        log_p = torch.tensor(y).log()
        ours = ctc_lattice(log_p, torch.tensor(ids, dtype=torch.long))
        assert found["labels"] == ours.labels.tolist()
        close(ours.alpha.exp(), found["lattice"]["alpha"])
        close(ours.beta.exp(), found["lattice"]["beta"])
        close(ours.occupancy, found["lattice"]["occupancy"])
        close(ours.log_likelihood.exp(), found["total"])
        assert found["needed"] == frames_needed(ids) <= found["T"]
        greedy = greedy_decode(log_p[:, None], [len(y)])[0]
        assert found["reading"]["collapsed"] == "".join("–abc"[k] for k in greedy)


def test_the_page_searches_as_python_does(tmp_path):
    cases = [(y, width) for (_, y), width in zip(drawn(12), [1, 2, 3, 5, 20, 60] * 2, strict=True)]
    given = [{"y": y.tolist(), "word": "", "width": width} for y, width in cases]
    for (y, width), found in zip(cases, studied(tmp_path, *given, symbols="–abc"), strict=True):
        ours = prefix_beam_search(torch.tensor(y).log(), width)
        assert [one["labels"] for one in found["beam"]] == [labels for labels, _ in ours]
        close(np.exp([p for _, p in ours]), [one["p"] for one in found["beam"]])


def every_path(y, ids):
    """All paths of a word with their probabilities, by trying every one there is."""
    T, V = y.shape
    for path in product(range(V), repeat=T):
        if collapse(list(path)) == ids:
            yield path, float(np.prod(y[range(T), path]))


SMALL = [([1, 1], 5), ([1, 2], 4), ([], 3), ([2], 6), ([1, 2, 1], 4), ([1, 1, 1], 6), ([1, 1], 2)]


def test_paths_are_as_many_as_can_be_tried_out(tmp_path):
    random = np.random.default_rng(1)
    cases = [(ids, random.dirichlet(np.ones(3), T)) for ids, T in SMALL]
    given = [{"y": y.tolist(), "word": "".join("–ab"[k] for k in ids)} for ids, y in cases]
    for (ids, y), found in zip(cases, studied(tmp_path, *given, symbols="–ab"), strict=True):
        paths = list(every_path(y, ids))
        word = "".join("–ab"[k] for k in ids)
        shown = Lattice("–ab", {"one": y}, [""], word=word)
        assert found["paths"] == shown.reading().paths == len(paths)
        close(sum(p for _, p in paths), found["total"])
        assert shown.reading().p == pytest.approx(found["total"], rel=1e-5)
        here = found["counts"]
        for alpha, beta in zip(here["alpha"], here["beta"], strict=True):
            assert sum(a * b for a, b in zip(alpha, beta, strict=True)) == len(paths)


def test_a_path_is_finished_by_its_likeliest_end(tmp_path):
    random = np.random.default_rng(2)
    cases = [
        (ids, random.dirichlet(np.ones(3), T), begun)
        for ids, T in SMALL
        for begun in ([], [0], [1], [1, 1], [0, 1])
    ]
    given = [
        {"y": y.tolist(), "word": "".join("–ab"[k] for k in ids), "begun": begun}
        for ids, y, begun in cases
    ]
    for (ids, y, begun), found in zip(cases, studied(tmp_path, *given, symbols="–ab"), strict=True):
        states, walked = found["labels"], found["likeliest"]
        if any(s >= len(states) for s in begun):
            assert walked == []
            continue
        start = tuple(states[s] for s in begun)
        values = [p for path, p in every_path(y, ids) if path[: len(start)] == start]
        assert bool(walked) == bool(values)
        if values:
            assert walked[: len(begun)] == begun
            p = np.prod([row[states[s]] for row, s in zip(y, walked, strict=True)])
            assert p == pytest.approx(max(values), rel=1e-12)


def test_the_likeliest_path_is_python_s(tmp_path):
    cases = list(drawn(20))
    ruled_out = [([3], np.array(TWO_FRAMES)[:, :4]), ([1, 2], np.eye(4)[[0, 0, 0]])]
    given = [
        {"y": y.tolist(), "word": "".join("–abc"[k] for k in ids)} for ids, y in cases + ruled_out
    ]
    for (_, y), found in zip(
        cases + ruled_out, studied(tmp_path, *given, symbols="–abc"), strict=True
    ):
        assert found["likeliest"] == likeliest_path(y.tolist(), found["labels"])
        assert len(found["likeliest"]) == len(y)


def test_two_frames_in_which_the_best_symbols_mislead(tmp_path):
    shown = Lattice(recording=3)
    assert shown.word == "a"
    found = shown.reading()
    assert (found.paths, found.path) == (3, "–a")
    assert found.p == pytest.approx(0.64)
    assert found.p_path == pytest.approx(0.24)
    (page,) = studied(tmp_path, {"y": TWO_FRAMES, "word": "a", "path": [0, 1]})
    assert page["together"] == "“a”: 3 paths through 2 frames, together p\u00a0=\u00a00.64"
    assert page["says"] == (
        "The path blank a collapses to “a”. It has probability 0.24: 38\u00a0% of the 0.64 that "
        "the 3 paths of “a” have together."
    )
    assert page["greedy"] == (
        "The best symbols of the frames, –\u2060\u00a0–, collapse to nothing. A beam of 50 finds "
        "a likelier one: “a” 0.64, nothing 0.36."
    )
    assert Lattice(recording=3, word="").reading().p == pytest.approx(0.36)


def test_every_recording_is_read_as_it_is_named():
    shown = [Lattice(recording=k) for k in range(len(RECORDINGS))]
    read = ["".join(SYMBOLS[k] for k in collapse(np.argmax(p, axis=1).tolist()))
            for p in RECORDINGS.values()]  # fmt: skip
    assert read == ["see", "se", "to", ""]
    best = [
        prefix_beam_search(torch.tensor(p, dtype=torch.float64).log(), 200)[0][0]
        for p in RECORDINGS.values()
    ]
    assert ["".join(SYMBOLS[k] for k in ids) for ids in best] == ["see", "se", "to", "a"]
    paths = [comb(8 + 3 - 1, 6), comb(6 + 3 - 1, 6), comb(6 + 2, 4), comb(2 + 1, 2)]
    assert [one.reading().paths for one in shown] == paths


def test_what_is_said_of_a_path(tmp_path):
    y = RECORDINGS["“see”, slowly"]
    whole, part, none, short, ruled = studied(
        tmp_path,
        {"y": y, "word": "see", "path": [0, 1, 1, 2, 3, 4, 4, 5]},
        {"y": y, "word": "see", "path": [1, 1, 3]},
        {"y": y, "word": "see"},
        {"y": y[:4], "word": "seest"},
        {"y": TWO_FRAMES, "word": "t", "path": [1, 2]},
    )
    assert "".join(whole["spelled"]) == "–ss–e––e"
    assert "".join(whole["merged"]) == "–s–e–e"
    assert whole["collapsed"] == "see"
    assert whole["says"].startswith("The path blank s s blank e blank blank e collapses to “see”.")
    assert part["says"] == "So far s s e: it collapses to “se”. Go on in frame 4 of 8."
    assert none["says"] == (
        "No path yet. It starts in the blank, the first row or in “s”, the second, of frame 1."
    )
    needs = (
        "“seest” needs at least 6 frames: one a letter, and one more between equal letters. "
        "Here there are 4."
    )
    assert short["says"] == short["together"] == short["why"][0][0] == needs
    assert ruled["says"].endswith("But these frames rule “t” out: all its paths have 0.")


def test_what_is_said_of_a_state(tmp_path):
    y = RECORDINGS["“see”, slowly"]
    cases = [
        {"y": y, "word": "see", "path": [1, 3], "numbers": name}
        for name in ("given", "counted", "weighted", "where")
    ]
    given, counted, weighted, where = studied(tmp_path, *cases)
    merge = "without a blank between them, the two would merge into one."
    assert given["cells"][4][3] == (
        f"Frame 5, “e” (letter 2): the network gives “e” 0.66. No jump to the equal letter below: "
        f"{merge}"
    )
    assert counted["cells"][4][5] == (
        "Frame 5, “e” (letter 3): 1\u00a0(stay) + 5\u00a0(one on) = 6 ways to here. "
        f"No jump from the equal letter above: {merge}"
    )
    assert counted["cells"][1][3] == "Frame 2, “e” (letter 2): 0\u00a0(stay) + 0\u00a0(one on) + 1\u00a0(jump) = 1 way to here. No jump to the equal letter below: " + merge  # noqa: E501  # fmt: skip
    assert (
        counted["cells"][0][4] == "Frame 1, the blank after letter 2: no path comes here so early."
    )
    assert counted["cells"][7][0].endswith(
        "1 way to here. From there the word is no longer finished in time."
    )
    a = weighted["lattice"]["alpha"]
    assert re.search(r"α = 0\.75 × \[.* \+ .*\(one on\)\] = 0\.67\.", weighted["cells"][1][1])
    assert a[1][1] == pytest.approx(0.75 * (a[0][0] + a[0][1]))
    assert re.search(r"α β / p = .* / 0\.3 = ", where["cells"][4][3])
    assert where["frames"][2].endswith("Σ α β = 0.3 = p(see), in this frame as in every other.")
    assert "times the ways on, they make 210" in counted["frames"][2]


def test_what_is_said_where_a_path_cannot_go(tmp_path):
    y = RECORDINGS["“see”, slowly"]
    at = {"y": y, "word": "see"}
    start, doubled, back, far = (
        found["why"]
        for found in studied(
            tmp_path,
            {**at, "path": []},
            {**at, "path": [1, 1, 1, 3]},
            {**at, "path": [1, 2]},
            {**at, "path": [0, 1, 1]},
        )
    )
    assert start[0][:2] == ["", ""]
    assert start[0][2] == "No path comes there so early."
    assert start[2][1] == "The path goes on in frame 1."
    assert doubled[4][5].startswith("No arrow between equal letters: without a blank")
    assert [doubled[4][s] for s in (3, 4)] == ["", ""]
    assert back[2][1] == "A path never goes back to a row above."
    assert far[3][4].startswith("No arrow: a path stays, goes one on, or jumps")
    assert far[7][0] == "From there the word is no longer finished in time."


def test_what_a_cell_has_room_for(tmp_path):
    values = [0, 1, 0.623, 0.0099, 0.0095, 0.0042, 0.00095, 4.2e-5, 1.4e-12]
    words = ["0", "1.00", "0.62", "0.01", "0.01", "0.004", "0.001", "4·10⁻⁵", "10⁻¹²"]
    assert in_the_page(CELLS, tmp_path, values) == words


def test_the_still():
    shown = Lattice()
    still, found = shown.still(), shown.reading()
    assert still == Lattice().still()
    assert still.count("<rect") == 7 * 8
    assert "210 paths through 8 frames collapse to “see”, together with probability 0.3." in still
    assert f"The path drawn is {found.path}: it collapses to see, and has 0.039." in still
    assert len(re.findall(r"[ML]", re.search(r'class="rnnbook-lattice-walk" d="([^"]*)"', still)[1])) == 8  # noqa: E501  # fmt: skip
    short = Lattice(recording=3, word="see").still()
    assert "“see” needs at least 4 frames, and there are 2." in short
    assert "The path drawn begins s: " in Lattice(path=[1]).still()
    assert "&lt;" in Lattice("–<", {"one": [[0.5, 0.5]]}, ["<"]).still()


def test_the_path_follows_the_word():
    shown = Lattice(path=[1, 1])
    assert shown.path == [1, 1]
    assert shown.reading()[2:4] == ("ss", "s")
    shown.word = "sea"
    assert shown.path == likeliest_path(RECORDINGS["“see”, slowly"], shown._states())
    shown.recording = 3
    assert (shown.path, shown.reading().paths) == ([], 0), "it does not fit, and that can be shown"
    shown.word = "a"
    assert shown.path == [0, 1]


def test_arrays_of_any_kind_are_taken_and_six_digits_kept():
    p = torch.tensor([[1 / 3, 2 / 3]], requires_grad=True)
    shown = Lattice("-x", {"one": p}, "x")
    assert shown.recordings == [{"name": "one", "p": [[0.333333, 0.666667]]}]
    assert Lattice("-x", {"one": np.array([[0.5, 0.5]])}, [""]).reading().path == "-"


def test_it_is_light():
    assert len(gzip.compress(bundle.static_figure("lattice").encode())) <= 10 * 1024
    assert len(Lattice().page().encode()) <= 8 * 1024


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"symbols": "–"}, "symbols must be 2 to 30 different characters, first the blank, got"),
        ({"symbols": "–aa"}, "symbols must be 2 to 30 different characters"),
        ({"symbols": ["–", "a"]}, "symbols must be"),
        ({"recordings": {}}, "recordings must be a dict of arrays (T, V) by name, got {}"),
        ({"recordings": [[0.5, 0.5]]}, "recordings must be a dict of arrays"),
        ({"recordings": {"x": [[0.5, 0.5]]}}, "recordings['x'] must have shape (T, V) with T from"),
        ({"recordings": {"x": TWO_FRAMES * 7}}, "recordings['x'] must have shape"),
        ({"recordings": {"x": "abc"}}, "recordings['x'] must be an array (T, V) of numbers"),
        ({"recordings": {"x": [[0.5] * 6]}}, "recordings['x'] must hold probabilities, each row"),
        ({"recordings": {"x": [[-0.5, 1.5, 0, 0, 0, 0]]}}, "got the row [-0.5, 1.5, 0.0"),
        ({"recordings": {"x": [[float("nan")] * 6]}}, "recordings['x'] must hold probabilities"),
        ({"words": ["see"]}, "words must be 4, one a recording, got 1"),
        ({"words": ["see", "see", "to", "aa"]}, "'aa' needs 3 frames, one a letter and one more"),
        (
            {"words": ["see", "see", "to", "x"]},
            "each of words must be at most 5 letters of 'aeost'",
        ),
        ({"word": "seesee"}, "word must be at most 5 letters of 'aeost', got 'seesee'"),
        ({"word": "s–e"}, "word must be at most 5 letters of 'aeost', got 's–e'"),
        ({"recording": 4}, "recording must be one of 4, from 0 to 3, got 4"),
        ({"recording": "see"}, "recording must be one of 4"),
        ({"numbers": "alpha"}, "numbers must be one of 'given', 'counted', 'weighted', 'where'"),
        ({"path": [0, 2]}, "path must be states from 0 to 6, at most 8, that arrows join and"),
        ({"path": [1, 3, 5]}, "got [1, 3, 5] (frame 3)"),
        ({"path": [0] * 8}, "path must be states"),
        ({"path": [-1]}, "path must be states"),
        ({"recording": 3, "word": "see", "path": [0]}, "path must be states"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(traitlets.TraitError, match=re.escape(message)):
        Lattice(**options)


def test_what_is_set_later_is_checked():
    shown = Lattice()
    for name, value in (
        ("word", "x"),
        ("recording", 9),
        ("numbers", ""),
        ("path", [5]),
    ):
        before = getattr(shown, name)
        with pytest.raises(traitlets.TraitError, match=f"{name} must"):
            setattr(shown, name, value)
        assert getattr(shown, name) == before
