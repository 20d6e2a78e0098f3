"""A small network that writes: random weights, the same in every run."""

from __future__ import annotations

import json
from typing import Any

from made_up_letters import made_up

from rnncourse.figures import WriteWithIt, bundle

ALPHABET = "\t\n abcdefghijklmnopqrstuvwxyzTé?"
EXAMPLES = ["The cat\nsat", "one two"]


def writer(kind: str = "gru", alphabet: str = ALPHABET) -> dict[str, Any]:
    """A reader as the trait has it, with a class a character."""
    return made_up(kind, classes=len(alphabet), alphabet=alphabet)


def figure(**options: Any) -> WriteWithIt:
    """The figure with that network, and with examples."""
    default = {
        "reader": writer(),
        "alphabet": ALPHABET,
        "examples": EXAMPLES,
        "question": "How hot is too hot?",
    }
    return WriteWithIt(**{**default, **options})


def in_the_page(script, folder, given):
    """What the figure's JavaScript answers."""
    from engine_node import node

    module = folder / "write_with_it.mjs"
    module.write_text(bundle.live("write_with_it") + script, encoding="utf-8")
    return json.loads(node(str(module), text=json.dumps(given)))
