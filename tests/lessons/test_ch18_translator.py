"""Chapter 18's translator: what the page carries, how it was made, and how well it translates."""

from __future__ import annotations

import pytest
import torch

from rnnbook.models import EncoderDecoder
from rnncourse.figures import Translator
from rnncourse.lessons.ch18 import dates, translator


def test_it_translates_as_well_as_it_says():
    content = translator.shipped()
    assert content["exact"].keys() == {str(filler) for filler in translator.FILLER}
    assert min(content["exact"].values()) >= 0.97 * content["pairs"]
    model = translator.translator()
    for filler in translator.FILLER:
        found = translator.exact(model, filler)
        assert found == pytest.approx(content["exact"][str(filler)], abs=2)


def test_what_the_page_carries_is_what_python_reads():
    content = translator.shipped()
    reads, writes = dates.vocabularies()
    assert (content["reads"], content["writes"]) == (reads.characters, writes.characters)
    shown = Translator(content["network"], content["reads"], content["writes"], text="7. März 2024")
    assert shown.translation().line == "2024-03-07"
    own = dict(translator.translator().named_parameters())
    for name, parameter in shown._network.named_parameters():
        assert torch.equal(parameter, own[name])
    assert len(shown.page().encode()) < 60_000


def test_it_learns_the_same_every_time():
    def once() -> EncoderDecoder:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = translator.new()
        translator.learn(model, updates=2)
        return model

    first, again = once().state_dict(), once().state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        start = translator.new().state_dict()
    assert not torch.equal(first["readout.weight"], start["readout.weight"])


def test_it_leaves_the_reader_s_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    translator.translator()
    assert torch.equal(torch.rand(1), expected)
