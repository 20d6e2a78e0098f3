"""Small networks that balance a pole: their weights are worked out, not trained, or random."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import torch
from torch import nn

from rnncourse.experiments.packing import pack_all
from rnncourse.figures import CartAndPole, bundle

# A GRU as a Kalman filter: its gates stand open, and its state is small, so that tanh hardly bends
# it; what it says is that filter's linear control.
_W = [
    [0.0111, -0.0056, 0],
    [0.0066, -0.0442, 0.0065],
    [-0.0039, 0.0743, 0],
    [-0.0056, 0.0947, -0.0137],
]
_U = [
    [0.945, 0.047, 0.04, 0.011],
    [-0.033, 0.998, 0.315, 0.09],
    [0.019, 0.001, 0.469, 0.134],
    [0.028, 0.001, -0.655, 0.806],
]
_V = [0.276, 2.07, 1.831, 4.978]
_OPEN = 12.0
PROBE = {"weights": [0.0, 0.0, 0.0, 21.43], "bias": 0.0}


def _gru(H: int, D: int = 3) -> nn.ModuleDict:
    return nn.ModuleDict({"layer": nn.GRU(D, H), "readout": nn.Linear(H, 1)})


def _net(D: int, H: int) -> nn.ModuleDict:
    layers = nn.Sequential(nn.Linear(D, H), nn.Tanh(), nn.Linear(H, 1))
    return nn.ModuleDict({"net": layers})


@cache
def filter_that_balances() -> dict[str, Any]:
    """A GRU of four units that keeps the pole up, though it sees positions alone."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        model = _zeros(_gru(4))
        layer, readout = model["layer"], model["readout"]
        layer.bias_ih_l0[:4], layer.bias_ih_l0[4:8] = _OPEN, -_OPEN
        layer.weight_ih_l0[8:] = torch.tensor(_W)
        layer.weight_hh_l0[8:] = torch.tensor(_U)
        readout.weight[0] = torch.tensor(_V)
    return {
        "name": "GRU",
        "kind": "gru",
        "sees": [0, 2],
        "H": 4,
        "parameters": pack_all(model),
        "probe": PROBE,
    }


def linear(name: str, sees: list[int], weights: list[list[float]]) -> dict[str, Any]:
    """A network of frames that says the sign of a weighted sum; weights for each frame."""
    D = (len(sees) + 1) * len(weights)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        model = _zeros(_net(D, 2))
        rows = torch.tensor([[*one, 0.0] for one in weights])
        model["net"][0].weight[0] = rows.flatten()
        model["net"][2].weight[0, 0] = 1.0
    return {
        "name": name,
        "kind": "frames",
        "sees": sees,
        "frames": len(weights),
        "H": 2,
        "parameters": pack_all(model),
    }


@cache
def random_policy(kind: str, seed: int, frames: int = 3) -> dict[str, Any]:
    """Large random weights, so that all that is read and carried matters."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = _gru(6) if kind == "gru" else _net(3 * frames, 6)
        for parameter in model.parameters():
            parameter.copy_(0.8 * torch.randn_like(parameter))
    one = {"name": f"Random {seed}", "kind": kind, "sees": [2, 0], "H": 6}
    return {
        **one,
        "parameters": pack_all(model),
        **({"frames": frames} if kind == "frames" else {}),
    }


def policies() -> list[dict[str, Any]]:
    """One that sees a frame, one that sees four, the filter, and one that is told velocities."""
    return [
        linear("One frame", [0, 2], [[0.1, 1.0]]),
        linear("Four frames", [0, 2], [[-0.3, -0.9], [-0.1, -0.3], [0.2, 0.4], [0.4, 1.1]]),
        filter_that_balances(),
        linear("One frame, with velocities", [0, 1, 2, 3], [[0.06, 0.15, 0.1, 0.45]]),
    ]


def figure(**options: Any) -> CartAndPole:
    """The figure with those four; the filter balances."""
    return CartAndPole(**{"policies": policies(), "chosen": 2, "push_force": 10.0, **options})


def in_the_page(script: str, folder: Any, given: Any) -> Any:
    """What the figure's JavaScript answers."""
    from engine_node import node

    module = folder / "cart_and_pole.mjs"
    module.write_text(bundle.live("cart_and_pole") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))


def blank(kind: str, H: int) -> nn.ModuleDict:
    """A network of a kind, of two numbers seen and three frames, in double precision."""
    with torch.random.fork_rng(devices=[]):
        return (_gru(H) if kind == "gru" else _net(9, H)).double()


def _zeros(model: nn.ModuleDict) -> nn.ModuleDict:
    for parameter in model.parameters():
        parameter.zero_()
    return model


RUN = """
import { readFileSync } from "node:fs";
const { settings, cases } = JSON.parse(readFileSync(0, "utf8"));
const { policies, scale, noise, length, push_force, seed } = settings;
process.stdout.write(JSON.stringify(cases.map(([k, frozen]) => {
  const [policy, { sees }] = [openPolicy(policies[k]), policies[k]];
  const given = { policy, sees, scale, noise, length, push_force, frozen, seed };
  const { run, history } = firstRun(given);
  const of = (name) => history.map((entry) => entry[name]);
  return {
    fell: run.fell,
    state: run.state,
    actions: of("action"),
    x: of("x"),
    angle: of("angle"),
    turn: of("turn"),
    believed: of("believed"),
    says: describeFirst(policies[k], run, frozen),
    cart: describeCart(policies[k], run),
  };
})));
"""
