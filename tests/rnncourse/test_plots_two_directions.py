"""The picture of two layers in two directions: h_n stands where each direction ends."""

import torch

from rnncourse import plots
from rnncourse.plots.two_directions import STEPS


def test_the_states_of_h_n_stand_where_torch_has_them():
    torch.manual_seed(0)
    layer = torch.nn.GRU(3, 2, num_layers=2, bidirectional=True)
    output, h_n = layer(torch.randn(STEPS, 1, 3))
    _, ax = plots.two_directions()
    places = {text.get_text(): text.get_position() for text in ax.texts}
    for index, half in ((2, slice(None, 2)), (3, slice(2, None))):
        step = round(places[f"h_n[{index}]"][0])
        assert torch.equal(h_n[index], output[step, :, half])
    for index in (0, 1):  # the first layer's stand below the second's
        assert places[f"h_n[{index}]"][0] == places[f"h_n[{index + 2}]"][0]
        assert places[f"h_n[{index}]"][1] < places[f"h_n[{index + 2}]"][1]


def test_every_shape_is_named():
    _, ax = plots.two_directions()
    words = {text.get_text() for text in ax.texts}
    assert {"x (T, B, D)", "(T, B, 2H)", "output (T, B, 2H)"} <= words
