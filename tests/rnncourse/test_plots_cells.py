"""The pictures of the cells: what each panel shows, and where its wires lead."""

import itertools
import re

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex, to_rgba
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

from rnncourse import plots
from rnncourse.plots._cells import FAINT, HALF_HEIGHT, HALF_WIDTH, IN, OUT, RADIUS
from rnncourse.plots.gate import CELL as GATE
from rnncourse.plots.lstm_cell import KEYS, OPERATIONS, WIRES

CELLS = {"gate": GATE}
ALT = "a cell in several panels"


def strength(ax, text):
    (found,) = [t for t in ax.texts if t.get_text() == text]
    return found.get_alpha()


def test_the_lstm_s_boxes_stand_in_the_order_of_the_equations():
    fig, ax = plots.lstm_cell()
    letters = {t.get_text(): t.get_position()[0] for t in ax.texts if t.get_text()[1:2] in "ifgo"}
    assert sorted((f"${gate}$" for gate in "ifgo"), key=letters.get) == ["$i$", "$f$", "$g$", "$o$"]
    assert {"$c_{t-1}$", "$h_{t-1}$", "$x_t$", "$c_t$", "$h_t$"} <= {t.get_text() for t in ax.texts}
    edges = [to_hex(p.get_edgecolor()) for p in ax.patches if isinstance(p, FancyBboxPatch)]
    assert {to_hex(to_rgba(plots.COLORS[gate])) for gate in "ifgo"} <= set(edges)
    plt.close(fig)


@pytest.mark.parametrize("draw", [plots.lstm_cell, plots.lstm_parts])
def test_no_name_in_the_lstm_touches_another(draw):
    fig, ax = draw()
    fig.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    plt.close(fig)
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


@pytest.mark.parametrize(
    "draw", [plots.lstm_cell, plots.lstm_parts, plots.lstm_keys, plots.gru_cell]
)
def test_each_letter_of_a_cell_has_ten_pixels_on_a_telephone(draw):
    fig, _ = draw()
    pixels = 96 / 72 * 312 / (fig.get_figwidth() * 96)  # of a point, in a column of 312 px
    for text in fig.findobj(Text):
        smallest = 0.7 if "_" in text.get_text() else 1  # what stands below a letter
        assert not text.get_text() or text.get_fontsize() * smallest * pixels >= 10, text
    plt.close(fig)


def test_each_key_of_the_calculator_opens_its_gates():
    fig, axes = plots.lstm_keys()
    for ax, (title, gates) in zip(axes, KEYS, strict=True):
        assert ax.get_title() == title
        full = {gate for gate in "ifgo" if strength(ax, f"${gate}$") == 1}
        assert full == set(gates)
    plt.close(fig)


def test_wires_of_the_lstm_end_at_a_part_or_outside():
    ends = [wire.points[-1] for wire in WIRES]
    for (x, y), _, _ in OPERATIONS:
        assert any((a - x) ** 2 + (b - y) ** 2 < 0.18**2 for a, b in ends)


def test_a_shut_gate_lets_nothing_out():
    strengths = []
    for ax in plots.gate()[1]:
        out = [p for p in ax.patches if p.get_path().vertices[:, 0].max() == OUT]
        strengths.append({p.get_edgecolor()[3] for p in out})
    plt.close("all")
    assert strengths == [{1.0, 0.0}, {FAINT, 0.0}]  # the line, and the head, which has no edge


def on_border(cell, point):
    """Whether a point lies on the border of a box or of a circle."""
    x, y = point
    for part in cell.boxes:
        distance = (abs(x - part.x), abs(y - part.y))
        if any(distance == pytest.approx(d) for d in ((0, HALF_HEIGHT), (HALF_WIDTH, 0))):
            return True
    return any(
        (x - part.x) ** 2 + (y - part.y) ** 2 == pytest.approx(RADIUS**2)
        for part in cell.operations
    )


def segments(points):
    return [tuple(sorted(pair)) for pair in itertools.pairwise(points)]


def on_line(point, points):
    x, y = point
    return any(
        x0 - 1e-9 <= x <= x1 + 1e-9 and min(y0, y1) - 1e-9 <= y <= max(y0, y1) + 1e-9
        for (x0, y0), (x1, y1) in segments(points)
    )


@pytest.mark.parametrize("name", CELLS)
def test_wires_run_from_a_part_or_a_line_to_a_part_or_out(name):
    cell = CELLS[name]
    for wire in cell.wires:
        start, end = wire.points[0], wire.points[-1]
        others = [cell.rail, *(other.points for other in cell.wires if other is not wire)]
        assert on_border(cell, end) or end[0] == OUT, wire
        from_line = any(on_line(start, points) for points in others)
        assert on_border(cell, start) or start[0] == IN or from_line, wire
        if wire.forks:
            assert from_line, wire


@pytest.mark.parametrize("name", CELLS)
def test_no_two_wires_cross(name):
    cell = CELLS[name]
    lines = [cell.rail, *(wire.points for wire in cell.wires)]
    for one, other in itertools.combinations(lines, 2):
        for ((a, b), (c, d)), ((e, f), (g, h)) in itertools.product(segments(one), segments(other)):
            level, upright = (
                ((a, b, c, d), (e, f, g, h)) if b == d else ((e, f, g, h), (a, b, c, d))
            )
            inside = level[0] < upright[0] < level[2]
            below, above = sorted((upright[1], upright[3]))
            assert not (inside and below < level[1] < above), (one, other)


def test_what_is_faint_is_faint_once():
    """A formula within a formula's group would have its opacity squared."""
    fig, _ = plots.gate()
    markup = plots.to_svg(fig, ALT)
    plt.close(fig)
    assert f"opacity:{FAINT}" in markup
    assert not re.search(r"<tspan[^>]*[\";]opacity", markup)
