"""The primer's code prints what the page says, and its worked numbers are right."""

import doctest
import math
import re
from pathlib import Path

import numpy as np
import pytest

PRIMER = (Path(__file__).parents[2] / "book" / "primer.md").read_text(encoding="utf-8")


def test_code_prints_what_the_page_says():
    source = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", PRIMER, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(source, {}, "primer.md", "book/primer.md", 0)
    assert len(test.examples) > 20
    report: list[str] = []
    results = doctest.DocTestRunner().run(test, out=report.append)
    assert not results.failed, "".join(report)


def worked_numbers():
    x, w = 2, 0.5
    h = math.tanh(w * x)
    yield "$h = {:.3f}$ and $\\ell = {:.3f}$", h, h**2
    yield "$\\partial \\ell / \\partial h = 2h$ | {:.3f}", 2 * h
    yield "$\\partial h / \\partial a = 1 - h^2$ | {:.3f}", 1 - h**2
    yield "= {:.3f} \\cdot {:.3f} \\cdot 2 = {:.3f}.", 2 * h, 1 - h**2, 2 * h * (1 - h**2) * x

    u, states = 0.5, [0.0]
    for x_t in (3, 1, 2):
        states.append(u * states[-1] + x_t)
    paths = [states[3 - k - 1] * u**k for k in range(3)]
    yield "$h_2 = 0.5 \\cdot 3 + 1 = {:.1f}$", states[2]
    yield "= {:.2f}$. The weight $u$", states[3]
    for k, path in enumerate(paths):
        yield f"| {3 - k} | $h_{2 - k} = {states[2 - k]:g}$", *()
        yield "| {:g} |\n", path
    yield "| **Sum** | | | **{:.1f}** |", sum(paths)
    yield "$6u + 1$ is {:g}", 6 * u + 1

    powers = np.exp([2, 1, 0])
    p = powers / powers.sum()
    yield "{:.3f}, {:.3f} and {:.3f},\nand their sum is {:.3f}", *powers, powers.sum()
    yield "$p = ({:.3f}, {:.3f}, {:.3f})$", *p
    yield "$-\\ln {:.3f} = {:.3f}$", p[0], -np.log(p[0])
    yield "$-\\ln {:.3f} = {:.3f}$", p[2], -np.log(p[2])
    yield "{:.3f} \\text{{ nats}} = {:.3f} \\text{{ bits}}", -np.log(p[2]), -np.log2(p[2])
    yield "$\\ln 2 = {:.3f}$", math.log(2)
    yield "$V = 96$ that is {:.2f} nats, or {:.2f} bits", math.log(96), math.log2(96)
    yield "$-\\log_2 \\tfrac18 = {:g}$ bits, and $-\\ln \\tfrac18 = {:.2f}$", 3, math.log(8)


@pytest.mark.parametrize(("template", "values"), [(t, v) for t, *v in worked_numbers()])
def test_worked_numbers_are_right(template, values):
    assert (template.format(*values) if values else template) in PRIMER


def test_entry_check_has_six_questions_with_answers():
    assert re.findall(r"^\*\*(\d)\.\*\*", PRIMER, re.MULTILINE) == list("123456")
    assert re.findall(r"\{dropdown\} Answer (\d)", PRIMER) == list("123456")
