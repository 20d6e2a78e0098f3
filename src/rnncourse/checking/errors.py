"""What an error of Python or torch says, in the exercise's own letters.

No two letters of a drawn input have the same size, so a size in torch's message tells which axis
is meant: ``(6x2 and 3x2)`` is ``(B, D) and (H, D)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_LARGEST_FACTOR = 4

Words = Callable[[re.Match[str], Mapping[str, int]], str]


def explained(error: str, sizes: Mapping[str, int]) -> str | None:
    """Say what an error means, in a sentence, or ``None`` if it is not one of the usual ones.

    Args:
        error: ``"Type: message"``.
        sizes: The size behind each letter of the input that it was raised on.
    """
    for pattern, words in _USUAL:
        match = re.search(pattern, error)
        if match:
            return words if isinstance(words, str) else words(match, sizes)
    return None


def _letters(shape: str, sizes: Mapping[str, int]) -> str:
    """Put a shape such as ``"6x2"`` or ``"6, 2"`` in letters, such as ``(B, D)``."""
    axes = [_letter(int(number), sizes) for number in re.findall(r"\d+", shape)]
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


def _letter(size: int, sizes: Mapping[str, int]) -> str:
    """The letter whose size it is, or a multiple such as 4H; the number itself if in doubt."""
    plain = [letter for letter, value in sizes.items() if value == size]
    blocks = [
        f"{factor}{letter}"
        for letter, value in sizes.items()
        for factor in range(2, _LARGEST_FACTOR + 1)
        if factor * value == size and value > 1
    ]
    found = plain or blocks
    return found[0] if len(found) == 1 else str(size)


def _product(match: re.Match[str], sizes: Mapping[str, int]) -> str:
    one, other = (_letters(shape, sizes) for shape in match.groups()[:2])
    return (
        f"{one} cannot be multiplied by {other}. In a matrix product the last axis of the first "
        "factor is summed over with the first axis of the second: which of the two needs a "
        "transpose, or which stands on the wrong side?"
    )


def _elements(match: re.Match[str], sizes: Mapping[str, int]) -> str:
    one, other = (_letter(int(size), sizes) for size in match.groups()[:2])
    return (
        f"an axis of {one} meets an axis of {other} where the two should be alike. torch lines "
        "shapes up from the right: which of the two tensors has its axes otherwise than you think?"
    )


def _stored(match: re.Match[str], sizes: Mapping[str, int]) -> str:
    value, place = (_letters(shape, sizes) for shape in match.groups()[:2])
    return f"a tensor {value} does not fit into a place that is {place}."


def _stacked(match: re.Match[str], sizes: Mapping[str, int]) -> str:
    one, other = (_letters(shape, sizes) for shape in match.groups()[:2])
    return f"the tensors to be stacked have different shapes, {one} and {other}."


def _place(match: re.Match[str], sizes: Mapping[str, int]) -> str:
    index, letter = match[1], _letter(int(match[2]), sizes)
    return f"place {index} is asked of an axis of {letter} places, which are 0 to {letter} - 1."


def _unknown(match: re.Match[str], sizes: Mapping[str, int]) -> str:
    name = match[1]
    more = f" torch has a function of that name: torch.{name}." if name in _OF_TORCH else ""
    return f"nothing here is called {name}: is it misspelt, or made on another line?{more}"


_OF_TORCH = {
    "tanh", "sigmoid", "relu", "softmax", "exp", "log", "sqrt", "norm", "clamp", "zeros", "ones",
    "full", "zeros_like", "ones_like", "arange", "eye", "diag", "stack", "cat", "tensor",
}  # fmt: skip

_USUAL: tuple[tuple[str, Words | str], ...] = (
    (r"shapes cannot be multiplied \((\d+x\d+) and (\d+x\d+)\)", _product),
    (r"size mismatch, got input \(\d+\), mat \((\d+x\d+)\), vec \((\d+)\)", _product),
    (r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]", _elements),
    (r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)", _elements),
    (r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)", _elements),
    (r"value tensor of shape \[([^\]]*)\] .* of shape \[([^\]]*)\]", _stored),
    (r"stack expects each tensor to be equal size, but got \[([^\]]*)\] .* \[([^\]]*)\]", _stacked),
    (r"index (-?\d+) is out of bounds for dimension \d+ with size (\d+)", _place),
    (r"NameError: name '(\w+)' is not defined", _unknown),
    (
        r"UnboundLocalError",
        "a name is used before anything was put into it: which line should make it?",
    ),
    (
        r"Trying to backward through the graph a second time",
        "backward went through a graph that is gone: something from an earlier pass is still tied "
        "to its history. Where should that tie be cut, and is the result kept?",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "nothing that this is made of asks for a gradient: was a tensor detached, or is "
        "requires_grad_() missing?",
    ),
    (
        r"stack expects a non-empty|expected a non-empty list of Tensors",
        "the list to be joined is empty: does the loop make a turn, and append?",
    ),
    (
        r"zero-dimensional tensor .* cannot be concatenated",
        "torch.cat joins along an axis that is there, and these tensors have none. Which function "
        "makes a new axis?",
    ),
    (
        r"iteration over a 0-d tensor",
        "a single number is looped over: which of the arguments has the axis you want?",
    ),
    (
        r"(not enough|too many) values to unpack",
        "a line takes something apart into more or fewer names than it has parts.",
    ),
    (
        r"(long|int) != (double|float)|(double|float) != (long|int)",
        "whole numbers meet fractions in a product: a one-hot vector, a mask or a count needs the "
        "other's dtype first.",
    ),
    (
        r"shape of the mask .* does not match the shape of the indexed tensor",
        "a mask has another shape than what it picks from: each needs the axes of the other.",
    ),
    (
        r"Class values must be smaller than num_classes",
        "a token is as large as the number of tokens, or larger: they count from 0.",
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        "an `if` is asked about many numbers at once. Which function of torch chooses for each?",
    ),
    (
        r"only one element tensors can be converted to Python scalars|a Tensor with \d+ elements "
        r"cannot be converted to Scalar",
        "a function for single numbers, of `math` perhaps, is given a tensor of many. torch has "
        "functions of the same names that work on all at once.",
    ),
    (
        r"step must be greater than zero",
        "torch does not slice backwards. Which method turns an axis round?",
    ),
    (
        r"'tuple' object does not support item assignment",
        "a tuple, such as `chunk` and `split` return, cannot be given new parts. Change what is in "
        "a part, or put new parts together.",
    ),
    (
        r"only integer tensors of a single element can be converted to an index",
        "one slice is given many ends at once. A slice has one: make a mask by a comparison, or "
        "walk over the rows.",
    ),
    (
        r"1D tensors expected",
        "a dot product takes two vectors, and is given something with more axes or none.",
    ),
    (
        r"modified by an inplace operation",
        "a tensor that the way back still needs was changed in place. Make a new one there.",
    ),
    (
        r"'NoneType' object",
        "something is None there: a function without a `return`, a method that works in place, or "
        "a gradient that was never made?",
    ),
)
