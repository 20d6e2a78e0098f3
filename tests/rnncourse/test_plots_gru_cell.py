"""The picture of the GRU: its boxes in order, where its wires lead, and that nothing touches."""

import itertools

import matplotlib.pyplot as plt
import pytest

from rnncourse import plots
from rnncourse.plots.gru_cell import (
    HALF_HEIGHT,
    PARTS,
    TIMES_REST,
    TIMES_Z,
    TOP,
    WIRES,
    N,
    R,
    Z,
)


@pytest.fixture
def drawn():
    fig, ax = plots.gru_cell()
    fig.canvas.draw()
    yield fig, ax
    plt.close(fig)


def sides(part):
    return (part.left, part.right, part.top, part.bottom)


def segments(points):
    return [tuple(sorted(pair)) for pair in itertools.pairwise(points)]


def test_the_boxes_stand_in_the_order_of_the_equations():
    boxes = sorted((part for part in PARTS if part.color), key=lambda part: part.x)
    assert [part.name for part in boxes] == ["$r$", "$z$", "$n$"]


def test_one_colour_a_role():
    assert (R.color, Z.color, N.color) == tuple(plots.COLORS[gate] for gate in "rzn")
    assert plots.COLORS["z"] == plots.COLORS["f"]  # both keep
    assert plots.COLORS["n"] == plots.COLORS["g"]  # both are candidates
    assert plots.COLORS["r"] not in {plots.COLORS[gate] for gate in "ifgo"}


def test_every_wire_ends_at_a_part_or_goes_out():
    for wire in WIRES:
        (x, y), out = wire.points[-1], max(x for wire in WIRES for x, _ in wire.points)
        at_a_part = any((x, y) == pytest.approx(side) for part in PARTS for side in sides(part))
        assert at_a_part or (x, y) == (out, TOP), wire


def test_z_goes_to_what_is_kept_and_to_what_is_written_and_r_to_the_candidate_alone():
    ends = {
        gate.name: [wire.points[-1] for wire in WIRES if wire.color == gate.color]
        for gate in (R, Z)
    }
    assert ends[Z.name] == [TIMES_Z.bottom, TIMES_REST.left]
    ((_, y),) = ends[R.name]
    assert y < TOP


def test_no_two_wires_cross():
    for one, other in itertools.combinations(WIRES, 2):
        pairs = itertools.product(segments(one.points), segments(other.points))
        for ((a, b), (c, d)), ((e, f), (g, h)) in pairs:
            flat = ((a, b, c, d), (e, f, g, h))
            level, upright = flat if b == d else flat[::-1]
            inside = level[0] < upright[0] < level[2]
            below, above = sorted((upright[1], upright[3]))
            assert not (inside and below < level[1] < above), (one, other)


def test_no_name_touches_another_or_a_part(drawn):
    fig, ax = drawn
    renderer = fig.canvas.get_renderer()
    to_data = ax.transData.inverted()
    boxes = {}
    for text in ax.texts:
        extent = text.get_window_extent(renderer).transformed(to_data)
        boxes[text.get_text(), text.get_position()] = extent
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        assert not a.overlaps(b), (one, other)
    centres = {(part.x, part.y) for part in PARTS}
    for (name, place), extent in boxes.items():
        for part in PARTS:
            inside = (
                extent.x1 > part.left[0]
                and extent.x0 < part.right[0]
                and extent.y1 > part.y - HALF_HEIGHT
                and extent.y0 < part.y + HALF_HEIGHT
            )
            assert not inside or place in centres, (name, part.name)
            if place == (part.x, part.y):  # its own name fits into it
                assert part.left[0] < extent.x0
                assert extent.x1 < part.right[0]
