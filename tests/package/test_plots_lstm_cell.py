"""The picture of the LSTM cell."""

import matplotlib.pyplot as plt
import pytest

from rnnbook import plots
from rnnbook.plots.lstm_cell import PANELS


@pytest.fixture
def panels():
    fig, axes = plots.lstm_cell()
    yield dict(zip(PANELS, axes, strict=True))
    plt.close(fig)


def strength(ax, text):
    (found,) = [t for t in ax.texts if t.get_text() == text]
    return found.get_alpha()


@pytest.mark.parametrize(
    ("panel", "gates"), [("all of it", "ifgo"), ("keep", "f"), ("write", "ig"), ("read", "o")]
)
def test_each_panel_shows_the_gates_of_its_path(panels, panel, gates):
    shown = {gate for gate in "ifgo" if strength(panels[panel], f"${gate}_t$") == 1}
    assert shown == set(gates)


def test_every_panel_bears_its_title_and_states(panels):
    for title, ax in panels.items():
        assert ax.get_title() == title
        texts = {text.get_text() for text in ax.texts}
        assert {"$c_{t-1}$", "$c_t$", "$h_t$", "$x_t, h_{t-1}$"} <= texts
