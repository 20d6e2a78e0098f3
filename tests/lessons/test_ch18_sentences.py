"""Translators of sentences: nothing is lost in subwords, nor where training is stopped."""

from dataclasses import replace
from math import isclose

import pytest
import torch

from rnncourse.lessons.ch18.sentences import (
    END,
    PAD,
    START,
    Plan,
    Sentences,
    captions,
    number_words,
    scores,
    signatures,
    train,
)

PLAN = Plan(
    "number words",
    subwords=60,
    hidden_size=12,
    embedding_size=8,
    batch_size=40,
    epochs=3,
    lr=0.02,
)


@pytest.fixture(scope="module")
def trained():
    return train(PLAN, say=lambda line: None)


def same(one: Sentences, other: Sentences) -> bool:
    pairs = zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_no_number_is_in_two_parts():
    parts = [set(part.english) for part in number_words()]
    assert [len(part) for part in parts] == [200, 20, 20]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]


def test_a_batch_is_its_sentences():
    made = Sentences(PLAN)
    english, german = number_words().test
    of = made.batch(english, german)
    for column, (source, target) in enumerate(zip(english, german, strict=True)):
        length, count = int(of.lengths[column]), int(of.mask[:, column].sum())
        assert made.reads.decode(of.source[:length, column].tolist()) == source
        assert (of.source[length:, column] == PAD).all()
        assert of.fed[0, column] == START
        assert of.wanted[count - 1, column] == END
        assert made.text(of.wanted[:count, column].tolist()) == target


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(tmp_path, trained):
    path = tmp_path / "run.pt"

    class Stopped(Exception):
        pass

    def stop(line):
        if line.startswith("epoch 2 of 3"):
            raise Stopped

    with pytest.raises(Stopped):
        train(PLAN, path=path, say=stop)
    lines = []
    assert same(train(PLAN, path=path, say=lines.append), trained)
    assert [line[:12] for line in lines] == ["epoch 2 of 3", "epoch 3 of 3"]
    assert [one.name for one in tmp_path.iterdir()] == ["run.pt"]
    lines.clear()
    assert same(train(PLAN, path=path, say=lines.append), trained)  # it was done
    assert not lines


def test_a_checkpoint_of_another_plan_is_named(tmp_path):
    path = tmp_path / "run.pt"
    short = replace(PLAN, epochs=1)
    train(short, path=path, say=lambda line: None)
    with pytest.raises(ValueError, match=r"path must have a checkpoint of .*seed=7.*got one of"):
        train(replace(short, seed=7), path=path)


def test_the_weights_are_those_of_the_best_epoch(trained):
    lines = []
    again = train(PLAN, say=lines.append)
    nats = [float(line.split(": ")[1].split()[0]) for line in lines]
    assert isclose(again.loss(number_words().validation), min(nats), abs_tol=6e-4)
    assert not again.model.training


def test_a_beam_of_one_is_the_greedy_translation(trained):
    english = number_words().test.english[:5]
    greedy = trained.translate(english)
    assert [trained.text(trained.beam(text, 1).tokens) for text in english] == greedy


def test_a_batch_changes_no_translation(trained):
    english = number_words().test.english[:6]
    assert [trained.translate([text])[0] for text in english] == trained.translate(english)


def test_scores():
    right = ["ein Hund läuft durch das Gras .", "zwei Kinder spielen am Strand ."]
    best = scores(right, right)
    assert (round(best.bleu), round(best.chrf), best.length) == (100, 100, 1)
    half = scores([right[0], "ein"], right)
    assert half.bleu < 80
    assert half.chrf < 80
    assert half.length < 0.7


def test_the_signatures_say_how():
    bleu, chrf = signatures()
    assert bleu.startswith("BLEU nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert chrf.startswith("CHRF nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:")


def test_multi30k_is_read_line_by_line(corpora):
    parts = captions()
    assert [len(part.english) for part in parts] == [29_000, 1_014, 1_000]
    assert [len(part.german) for part in parts] == [29_000, 1_014, 1_000]
    assert all(text.strip() for part in parts for text in (*part.english, *part.german))
    assert parts.test.english[0].startswith("A man in an orange hat")
    assert parts.test.german[0].startswith("Ein Mann mit einem orangefarbenen Hut")
