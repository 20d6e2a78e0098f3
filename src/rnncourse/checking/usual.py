"""Tables of what is usually taken for what: functions, operations, comparisons."""

from __future__ import annotations

import ast

SQUASHING = ("tanh", "sigmoid", "relu")

SWAPS = {
    "tanh": ("sigmoid", "relu"),
    "sigmoid": ("tanh", "relu"),
    "relu": ("tanh", "sigmoid"),
    "sum": ("mean",),
    "mean": ("sum",),
    "softmax": ("log_softmax", "sigmoid"),
    "log_softmax": ("softmax",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "ones": ("zeros",),
    "ones_like": ("zeros_like",),
    "cumsum": ("cumprod",),
    "cumprod": ("cumsum",),
    "square": ("abs",),
    "abs": ("square",),
    "log": ("exp",),
    "exp": ("log",),
    "max": ("min",),
    "min": ("max",),
    "stack": ("cat",),
    "repeat_interleave": ("repeat",),
}
"""Functions that are taken for each other."""

MAKERS = frozenset({"zeros", "ones", "zeros_like", "ones_like"})
"""Functions whose argument is no more than a size."""

TWICE = frozenset({*SQUASHING, "softmax", "exp", "log", "square", "sqrt"})
"""Functions that are applied once more by mistake."""

LEFT_ALONE = frozenset(
    {"append", "backward", "chunk", "size", "len", "slice", "zip", "enumerate", "list", "tuple"}
)
"""Functions without which a program makes no sense."""

OPERATIONS: dict[type[ast.operator], tuple[tuple[int, str, str], ...]] = {
    ast.Add: (
        (1, "{B} with the wrong sign", "({a} - ({b}))"),
        (2, "{A} with the wrong sign", "(-({a}) + ({b}))"),
        (2, "{A} and {B} multiplied", "(({a}) * ({b}))"),
        (2, "{B} counted twice", "({a} + 2 * ({b}))"),
        (2, "{A} counted twice", "(2 * ({a}) + {b})"),
    ),
    ast.Sub: (
        (1, "{B} added, not subtracted", "({a} + ({b}))"),
        (1, "{A} and {B} exchanged about the minus", "({b} - ({a}))"),
    ),
    ast.Mult: (
        (2, "{A} and {B} added, not multiplied", "({a} + {b})"),
        (3, "{A} and {B} as a matrix product", "(({a}) @ ({b}))"),
        (3, "divided by {A}, not multiplied", "(({b}) / ({a}))"),
        (3, "divided by {B}, not multiplied", "(({a}) / ({b}))"),
    ),
    ast.Div: (
        (1, "multiplied by {B}, not divided", "(({a}) * ({b}))"),
        (1, "{A} / {B} upside down", "(({b}) / ({a}))"),
    ),
    ast.MatMult: (
        (2, "{A} and {B} multiplied in the other order", "(({b}) @ ({a}))"),
        (2, "{A} and {B} multiplied element by element", "(({a}) * ({b}))"),
    ),
    ast.Pow: ((2, "{A} times {B}, not to its power", "(({a}) * ({b}))"),),
}
"""Rank, words and what stands instead of ``a ∘ b``; A and B are the two as they are shown."""

COMPARISONS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
