"""One row a door: what each argument may be; whatever else is drawn is refused in a sentence.

`test_doors.py` tries what only some doors are asked: hooks of shapes, states, lengths, autocast.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnbook import Recurrent, SimpleCell, baselines, gradients, models, training
from rnnbook.cells import CELLS, Cell, LSTMCell, init
from rnnbook.data import (
    Vocabulary,
    archives,
    batches,
    kinds,
    music,
    names,
    own,
    padding,
    registry,
    windows,
)
from rnnbook.models import decoding
from rnnbook.tasks import Adding, CartPole, Cue, TemporalOrder, memory_keys

sys.path.insert(0, str(Path(__file__).parent))
from door_kinds import (
    CLASS,
    IDS,
    POSITIVE,
    SEED,
    SIZE,
    TEXT_IDS,
    TEXTS,
    B,
    D,
    H,
    Kind,
    T,
    V,
    comes_in,
    ids_below,
    is_number,
    is_refused,
    nonsense,
    one_of,
    public,
    tensors,
    torch_ids,
    without_negatives,
)

# Refusals: they hold for every draw.
pytestmark = pytest.mark.draws


def states(cell: Cell) -> Kind:
    """States of a batch of B: a field that does not fit, or another cell's state."""
    state = cell.initial_state(B)
    fields = tensors(state.h).wrong | st.just(state.h.to("meta"))
    wrong = st.builds(lambda name, field: state._replace(**{name: field}),
                      st.sampled_from(state._fields), fields)  # fmt: skip
    return Kind(state, nonsense(lambda v: False) | wrong | st.just((state.h,) * 3))


DTYPE = Kind(torch.float64, nonsense(lambda v: v is None) | st.sampled_from(
    ["float", float, np.float32, torch.int64, torch.bool, torch.float8_e5m2]
))  # fmt: skip
DEVICE = Kind("meta", nonsense(lambda v: v in (None, 3))
    | st.sampled_from(["gpu", "", "cpu ", "CPU", "hpu", "cuda:99", torch.float32]))  # fmt: skip
CLAMP = Kind(0.5, nonsense(lambda v: is_number(v) or v == [1.0]) | st.sampled_from(
    [float("nan"), [float("nan")], torch.tensor([0.0] * (H - 1) + [float("nan")])]
))  # fmt: skip
MOST = SIZE._replace(wrong=SIZE.wrong.filter(lambda v: v is not None))
SHARE = Kind(0.5, nonsense(lambda v: v in (0.5, 1)) | st.sampled_from([0.0, 1.001]))
NUMBER = Kind(1.5, nonsense(is_number) | st.sampled_from([float("nan"), torch.ones(2)]))
FLAG = one_of(True, lambda v: v is True)
TEXT = one_of("x", lambda v: isinstance(v, str))
FUNCTION, OF_STATES = (one_of(f, callable) for f in (lambda generator: None, torch.sum))
EACH = [cell(D, H) for cell in CELLS]
CELL, LAYER = one_of(LSTMCell(D, H)), one_of(Recurrent(LSTMCell, D, H))
GENERATOR = one_of(torch.Generator())
WRITER = models.LanguageModel(SimpleCell, V, H)
KEYS = memory_keys.MemoryKeys(T).sample(B, torch.Generator()).x
NGRAM = baselines.CharacterNgram(TEXT_IDS, 2, V)
TRANSLATOR = models.EncoderDecoder(SimpleCell, V, V, H, attention="dot")
X = tensors(torch.randn(T, B, D), free=(0, 1))
BOOLS = tensors(torch.ones(T, B))
BOOLS = Kind(BOOLS.fits.bool(), BOOLS.wrong.filter(lambda v: getattr(v, "dtype", 0) != torch.bool))
SOURCES = {"source": ids_below(torch_ids(T, B), V, free=(0,)),
    "lengths": one_of([T] * B, lambda v: False)}  # fmt: skip
ROLLS = [torch.zeros(T, 3), torch.ones(2, 3)]
PIECES = Kind(ROLLS, nonsense(lambda v: False) | st.sampled_from(
    [ROLLS[0], [], [ROLLS[0].long()], [*ROLLS, torch.ones(1, 3)], [*ROLLS, torch.ones(T, 2)],
     [torch.ones(T)]]))  # fmt: skip
STRIPS = {"ids": TEXTS, "batch_size": SIZE, "length": SIZE}


def answered(task: Any) -> dict[str, Kind]:
    batch = task.sample(B, torch.Generator())
    output = torch.zeros(*batch.target.shape, task.output_size)
    return {"output": tensors(output), "batch": one_of(batch)}


def steps_of(cell: type) -> dict[str, Any]:
    known = {"input_size": SIZE, "hidden_size": SIZE, "dtype": DTYPE, "device": DEVICE}
    return {
        name: known.get(name, FLAG) for name, option in inspect.signature(cell).parameters.items()
        if name in known or isinstance(option.default, bool)
    }  # fmt: skip


def is_one_step(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.shape == (B, D) and value.is_floating_point()


def clamped(clamp: Any) -> None:
    with LAYER.fits.clamp(f=clamp):
        pass


def first(door: Callable[..., Any]) -> Callable[..., Any]:
    """A generator refuses when it is asked for the first time."""
    return lambda **arguments: next(door(**arguments))


DOORS: dict[str, tuple[Callable[..., Any], dict[str, Kind]]] = {
    **{cell.__name__: (cell, steps_of(cell)) for cell in CELLS},
    **{f"{type(cell).__name__}.{name}": (getattr(cell, name), kinds)
       for cell in EACH for name, kinds in (
           ("project", {"x": X._replace(wrong=X.wrong.filter(lambda v: not is_one_step(v)))}),
           ("step", {"projected_t": tensors(torch.randn(B, len(cell.W))), "state": states(cell)}))},
    "clamp": (clamped, {"clamp": CLAMP}),
    "initial_state": (SimpleCell(D, H).initial_state, {"batch_size": SIZE}),
    "Recurrent": (Recurrent, {"cell": CLASS, "input_size": SIZE, "hidden_size": SIZE,
        "num_layers": SIZE, "bidirectional": FLAG, "dtype": DTYPE, "device": DEVICE,
        "dropout": Kind(0.5, nonsense(lambda v: is_number(v) and 0 <= v <= 1))}),
    "orthogonal": (init.orthogonal, {"cell": CELL, "gain": POSITIVE}),
    "identity": (init.identity, {"cell": CELL, "scale": POSITIVE}),
    "scaled": (init.scaled, {"cell": CELL, "radius": POSITIVE}),
    "forget_bias": (init.forget_bias, {"cell": CELL, "value": NUMBER}),
    "chrono": (init.chrono, {"cell": CELL,
        "longest": Kind(9, nonsense(lambda v: is_number(v) and v > 2))}),
    "starting_leaks": (init.starting_leaks, {"units": SIZE, "longest": SIZE}),
    "spectral_radius": (init.spectral_radius, {"block": tensors(torch.randn(H, H))}),
    "own_blocks": (init.own_blocks, {"cell": CELL}),
    "blocks": (init.blocks, {"cell": CELL}),
    "bptt": (gradients.bptt, {"cell": one_of(SimpleCell(D, H)), "x": tensors(X.fits),
        "dh": tensors(torch.zeros(T, B, H)),
        "h_0": tensors(torch.zeros(B, H), optional=True)}),
    "truncated": (first(gradients.truncated), {"layer": LAYER, "x": X, "k": SIZE}),
    "truncated_gradient": (gradients.truncated_gradient,
        {"layer": LAYER, "x": X, "loss": OF_STATES, "k": SIZE}),
    "step_jacobians": (gradients.step_jacobians, {"cell": CELL, "x": X}),
    "singular_values": (gradients.singular_values, {"cell": CELL, "x": X}),
    "gradient_norms": (gradients.gradient_norms, {"cell": CELL, "x": X, "loss": OF_STATES}),
    "lag_jacobians": (gradients.lag_jacobians,
        {"steps": tensors(torch.randn(T, B, H, H), free=(0, 1))}),
    "path_terms": (gradients.path_terms, {"layer": LAYER, "x": X}),
    "temper": (decoding.temper, {"temperature": POSITIVE,
        "logits": tensors(torch.zeros(T, V), free=(0, 1), any_rank=True)}),
    "sample": (decoding.sample, {"model": one_of(WRITER), "prompt": IDS, "steps": SIZE,
        "temperature": POSITIVE, "top_k": MOST, "top_p": SHARE,
        "generator": one_of(torch.Generator(), lambda v: v is None)}),
    "truncate": (decoding.truncate, {"top_k": MOST, "top_p": SHARE, "probabilities": tensors(
        torch.full((T, V), 1 / V), free=(0, 1), any_rank=True)}),
    "beam_search": (decoding.beam_search, {
        "step": one_of(lambda tokens, state: (torch.zeros(len(tokens), V), state), callable),
        "state": one_of(torch.zeros(1, 1, H)), "width": SIZE, "steps": SIZE,
        "start": one_of(0, lambda v: v == 3), "end": one_of(0, lambda v: v in (None, 3)),
        "length_power": Kind(0, nonsense(lambda v: is_number(v) and v >= 0)), "axis": one_of(1)}),
    "LanguageModel": (models.LanguageModel,
        {"cell": CLASS, "symbols": SIZE, "hidden_size": SIZE}),
    "a language model": (WRITER, {"ids": IDS}),
    "Attention": (models.Attention,
        {"score": one_of("dot"), "query_size": SIZE, "value_size": SIZE}),
    "an attention": (models.Attention("additive", H, D), {"mask": BOOLS, "values": tensors(X.fits),
        "query": tensors(torch.zeros(B, H)), "keys": tensors(torch.zeros(T, B, H), optional=True)}),
    "EncoderDecoder": (models.EncoderDecoder, {"cell": CLASS, "source_symbols": SIZE,
        "target_symbols": SIZE, "hidden_size": SIZE, "embedding_size": SIZE,
        "attention": one_of("dot", lambda v: v is None), "bidirectional": FLAG}),
    "an encoder-decoder": (TRANSLATOR, SOURCES | {"target": ids_below(torch_ids(T, B), V,
        free=(0,))}),
    "an encoder": (TRANSLATOR.encode, SOURCES | {"block": BOOLS._replace(fits=~BOOLS.fits,
        wrong=BOOLS.wrong.filter(lambda v: v is not None))}),
    "read": (TRANSLATOR.read, {"target": ids_below(torch_ids(T, B), V, free=(0,)),
        "state": one_of(TRANSLATOR.encode(torch_ids(T, B), [T] * B))}),
    "step": (TRANSLATOR.step, {"tokens": ids_below(torch_ids(B), V),
        "state": one_of(TRANSLATOR.encode(torch_ids(T, B), [T] * B))}),
    "translate": (TRANSLATOR.translate, SOURCES | {"steps": SIZE,
        "start": one_of(0, lambda v: v == 3), "end": one_of(0, lambda v: v == 3)}),
    "next_token_loss": (models.next_token_loss,
        {"logits": tensors(torch.zeros(T, B, V), free=(2,)), "target": ids_below(IDS.fits, V)}),
    "bits": (models.bits, {"model": one_of(WRITER), **STRIPS}),
    "ChunkLoss": (models.ChunkLoss, {"start": one_of("zeros")}),
    "a chunk's loss": (models.ChunkLoss("zeros"),
        {"model": one_of(WRITER), "chunk": one_of((IDS.fits, IDS.fits, True))}),
    "windows": (windows, {"x": one_of(X.fits), "k": SIZE}),
    "pad": (padding.pad, {"sequences": Kind(ROLLS, nonsense(lambda v: False) | st.sampled_from(
        [ROLLS[0], [], [*ROLLS, torch.ones(T, 2)], [*ROLLS, ROLLS[0].long()], [torch.ones(())],
         [torch.ones(0, 3)]]))}),
    "mask": (padding.mask, {"lengths": ids_below(torch_ids(V), V, free=(0,)),
        "steps": Kind(V, SIZE.wrong)}),
    "length_buckets": (padding.length_buckets, {"lengths": without_negatives(
        tensors(torch_ids(V), ints=True, free=(0,))), "batch_size": SIZE, "generator": GENERATOR}),
    "card": (registry.card, {"name": one_of("JSB")}),
    "country_names": (names.country_names, {"languages": one_of(["de"], lambda v: v is None),
        "kinds": one_of(["days"])}),
    "split_names": (names.split_names, {"names": one_of(names.Names([], [], [], []))}),
    "carried_batches": (first(batches.carried_batches), STRIPS),
    "stream": (first(batches.stream), STRIPS),
    "Vocabulary": (Vocabulary, {"characters": TEXT,
        "unknown": one_of("x", lambda v: v in ("x", None))}),
    "from_text": (Vocabulary.from_text, {"text": TEXT}),
    "encode": (Vocabulary("x").encode, {"text": TEXT}),
    "decode": (Vocabulary("xy").decode, {"ids": tensors(torch.tensor([0, 1]), ints=True,
        free=(0,))}),
    "code_kinds": (kinds.code_kinds, {"text": TEXT}),
    "constant_value": (baselines.constant_value, {"target": one_of(X.fits)}),
    "constant_distribution": (baselines.constant_distribution, {"classes": Kind(V, SIZE.wrong),
        "target": ids_below(IDS.fits, V, free=(0, 1), any_rank=True)}),
    "next_frames": (music.next_frames, {"pieces": PIECES}),
    "frame_loss": (music.frame_loss, {"frames": one_of(music.next_frames(ROLLS)),
        "scores": tensors(torch.zeros(T - 1, B, 3))}),
    "CharacterNgram": (baselines.CharacterNgram,
        {"ids": ids_below(TEXT_IDS, V, free=(0,)), "size": Kind(V, SIZE.wrong),
         "context": Kind(2, nonsense(lambda v: v == 3) | st.integers(max_value=-1))}),
    "probabilities": (NGRAM.probabilities, {"history": ids_below(TEXT_IDS, V, free=(0,))}),
    "an n-gram's bits": (NGRAM.bits, {"ids": ids_below(TEXT_IDS, V, free=(0,))}),
    "guess_weights": (baselines.guess_weights, {"task": one_of(Cue(T)), "networks": SIZE,
        "hidden_size": SIZE, "sequences": SIZE, "scale": POSITIVE, "threshold": NUMBER,
        "seed": SEED}),
    "fit": (training.fit, {"model": one_of(torch.nn.Linear(1, 1)), "steps": SIZE,
        "sample": FUNCTION, "lr": POSITIVE, "every": SIZE, "seed": SEED,
        "loss": FUNCTION._replace(fits=lambda model, batch: model.weight.sum())}),
    **{f"{type(task).__name__}.sample": (task.sample,
        {"batch_size": SIZE, "generator": GENERATOR}) for task in (Cue(), Adding())},
    **{f"{type(task).__name__}.loss": (task.loss, answered(task))
       for task in (Cue(), Adding(), TemporalOrder())},
    "CartPole": (CartPole, {"length": POSITIVE}),
    "CartPole.start": (CartPole().start, {"batch_size": SIZE, "generator": GENERATOR}),
    "CartPole.step": (CartPole().step, {"state": tensors(torch.zeros(B, 4), free=(0,)),
        "force": tensors(torch.zeros(B))}),
    "CartPole.fallen": (CartPole().fallen, {"state": tensors(torch.zeros(B, 4), free=(0,))}),
    "memory": (memory_keys.memory, {"x": tensors(KEYS, free=(0, 1))}),
    "by_key": (memory_keys.by_key, {"gate": tensors(torch.rand(T, B, H), free=(2,)),
        "x": one_of(KEYS)}),
}  # fmt: skip
ARGUMENTS = [(door, name) for door, (_, kinds) in DOORS.items() for name in kinds]
ELSEWHERE = {"tiny_shakespeare", "fetch", "polyphonic", "run", "which_count", "zero_elsewhere",
    "each_part", "cache_folder", "own_folder", "where", "verify", "unpack",
    "from_csv", "from_lines", "from_wavs"}  # fmt: skip
"""They take nothing that could be wrong, or stand in a room and not at a door; or they read files,
and are asked where these are made."""


@pytest.mark.parametrize("door", DOORS)
def test_what_fits_comes_in(door):
    comes_in(*DOORS[door])


@pytest.mark.parametrize(("door", "name"), ARGUMENTS)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_does_not_fit_is_refused_by_name(door, name, data):
    is_refused(*DOORS[door], name, data)


def test_no_door_without_a_row():
    rooms = (init, gradients, decoding, archives, batches, kinds, music,
             names, own, padding, registry, baselines, memory_keys, models, models.chunks,
             models.attention, models.encoder_decoder)  # fmt: skip
    assert public(*rooms) - DOORS.keys() - ELSEWHERE == set()
