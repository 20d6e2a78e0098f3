"""The exercises of chapter 10: right answers in other words, and what they rest on."""

import pytest
import torch

from rnnbook.cells import GRUCell
from rnnbook.unroll import Recurrent
from rnncourse.checking import EXERCISES, engine
from rnncourse.checking.quiz import load_quiz


def by_torch(x, h, W, U, b, b_U):
    H = h.shape[1]
    cell = torch.nn.GRUCell(x.shape[1], H, dtype=x.dtype)
    with torch.no_grad():
        cell.weight_ih.copy_(W)
        cell.weight_hh.copy_(U)
        cell.bias_ih.copy_(b)
        cell.bias_hh.copy_(torch.cat([torch.zeros(2 * H, dtype=x.dtype), b_U]))
        return cell(x, h)


def by_the_package(x, h, W, U, b, b_U):
    cell = GRUCell(x.shape[1], h.shape[1], dtype=x.dtype)
    with torch.no_grad():
        for parameter, value in zip(
            (cell.W, cell.U, cell.b, cell.b_U), (W, U, b, b_U), strict=True
        ):
            parameter.copy_(value)
        return cell(x, cell.State(h)).h


def written_out(x, h, W, U, b, b_U):
    H = h.shape[1]
    a, c = x @ W.T + b, h @ U.T
    r = 1 / (1 + torch.exp(-(a[:, :H] + c[:, :H])))
    z = 1 / (1 + torch.exp(-(a[:, H : 2 * H] + c[:, H : 2 * H])))
    n = torch.tanh(a[:, 2 * H :] + r * (c[:, 2 * H :] + b_U))
    return n + z * (h - n)


@pytest.mark.parametrize("step", [by_torch, by_the_package, written_out])
def test_correct_step_passes(step):
    assert engine.judge(EXERCISES["gru-step"], step).sentence.startswith("correct")


def resets_the_input(x, h, W, U, b, b_U):
    x_r, x_z, x_n = torch.nn.functional.linear(x, W, b).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ U.T).chunk(3, dim=1)
    n = torch.tanh((x_r + h_r).sigmoid() * x_n + h_n + b_U)
    return n + (x_z + h_z).sigmoid() * (h - n)


def cuts_the_batch(x, h, W, U, b, b_U):
    x_r, x_z, x_n = torch.nn.functional.linear(x, W, b).chunk(3)
    h_r, h_z, h_n = torch.nn.functional.linear(h, U).chunk(3)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * (h_n + b_U)).tanh()
    return (1 - z) * n + z * h


@pytest.mark.parametrize(
    ("step", "mistake"),
    [(resets_the_input, "reset-on-the-input"), (cuts_the_batch, "batch-cut")],
)
def test_wrong_steps_are_named(step, mistake):
    assert engine.judge(EXERCISES["gru-step"], step).mistake == mistake


def test_the_converted_weights_make_the_other_convention_compute_the_same():
    torch.manual_seed(0)
    layer = Recurrent(GRUCell, 2, 5, dtype=torch.float64)
    cell, x = layer.cell, torch.randn(7, 3, 2, dtype=torch.float64)
    with torch.no_grad():
        expected = layer(x)[1][0]
        W, U, b = EXERCISES["gru-other-z"].reference(cell.W, cell.U, cell.b)
        h = torch.zeros(3, 5, dtype=torch.float64)
        for x_t in x:
            W_r, W_z, W_n = (x_t @ W.T + b).chunk(3, dim=1)
            U_r, U_z, U_n = (h @ U.T).chunk(3, dim=1)
            r, z = torch.sigmoid(W_r + U_r), torch.sigmoid(W_z + U_z)
            h = (1 - z) * h + z * torch.tanh(W_n + r * (U_n + cell.b_U))
    torch.testing.assert_close(h, expected, rtol=0, atol=1e-12)


def in_place(W, U, b):
    new = [tensor.clone() for tensor in (W, U, b)]
    H = U.shape[1]
    for tensor in new:
        tensor[H : 2 * H] *= -1
    return tuple(new)


def test_correct_conversion_passes():
    assert engine.judge(EXERCISES["gru-other-z"], in_place).sentence.startswith("correct")


def blocks_of_r_and_z_exchanged(W, U, b):
    H = U.shape[1]
    order = torch.cat([torch.arange(H, 2 * H), torch.arange(H), torch.arange(2 * H, 3 * H)])
    return W[order], U[order], b[order]


def test_exchanged_blocks_are_named():
    verdict = engine.judge(EXERCISES["gru-other-z"], blocks_of_r_and_z_exchanged)
    assert verdict.mistake == "r-and-z-exchanged"


def test_a_row_is_told_by_its_gate():
    def doubled(W, U, b):
        W_new, U_new, b_new = in_place(W, U, b)
        W_new[U.shape[1] + 1] *= 2.5
        return W_new, U_new, b_new

    sentence = engine.judge(EXERCISES["gru-other-z"], doubled).words
    assert "W_new first differs at update gate, unit 1, input 0" in sentence


def test_a_block_of_the_wrong_height_is_told():
    def r_and_z_alone(W, U, b):
        return W[: 2 * U.shape[1]], U, b

    sentence = engine.judge(EXERCISES["gru-other-z"], r_and_z_alone).sentence
    assert "W_new has shape" in sentence
    assert "(3H, D)" in sentence


def test_the_slope_is_what_autograd_says():
    torch.manual_seed(1)
    a, z, r, u, h = (torch.rand(6, dtype=torch.float64) * 2 - 1 for _ in range(5))
    h.requires_grad_()
    n = torch.tanh(a + r * u * h)
    ((1 - z) * n + z * h).sum().backward()
    slope = EXERCISES["gru-slope"].reference(h.detach(), r, z, n.detach(), u)
    torch.testing.assert_close(slope, h.grad)


def recall(z_before, r_elsewhere):
    r, z = torch.full((12,), r_elsewhere), torch.ones(12)
    r[4] = 0.0
    z[:4], z[4] = z_before, 0.0
    return r, z


@pytest.mark.parametrize("z_before", [0.0, 1.0])
@pytest.mark.parametrize("r_elsewhere", [0.0, 1.0])
def test_gates_that_recall_pass_whatever_they_do_where_it_does_not_matter(z_before, r_elsewhere):
    verdict = engine.judge(EXERCISES["gru-recall"], lambda: recall(z_before, r_elsewhere))
    assert verdict.kind == "passed", verdict.sentence


def test_the_package_recalls_with_the_gates_of_the_solution():
    torch.manual_seed(0)
    layer = Recurrent(GRUCell, 2, 5, dtype=torch.float64)
    x, h = torch.randn(12, 3, 2, dtype=torch.float64), torch.randn(1, 3, 5, dtype=torch.float64)
    with torch.no_grad():
        for x_t, r_t, z_t in zip(x, *EXERCISES["gru-recall"].reference(), strict=True):
            with layer.clamp(r=r_t.double(), z=z_t.double()):
                _, h = layer(x_t[None], h)
        expected = torch.tanh(x[4] @ layer.cell.W[10:].T + layer.cell.b[10:])
    torch.testing.assert_close(h[0], expected, rtol=0, atol=1e-12)


def everything_at_once():
    return torch.zeros(12), torch.zeros(12)


def one_gate_for_both():
    mark = (torch.arange(12) == 4).double()
    return mark, 1 - mark


def in_the_wrong_order():
    r, z = recall(1.0, 0.0)
    return z, r


def z_that_writes():
    mark = (torch.arange(1, 13) == 5).float()
    return torch.zeros(12), mark


def index_for_step():
    z = torch.ones(12)
    z[5] = 0
    return torch.zeros(12), z


@pytest.mark.parametrize(
    ("gates", "mistake"),
    [
        (everything_at_once, "last-input"),
        (z_that_writes, "last-input"),
        (one_gate_for_both, "candidate-looks-back"),
        (in_the_wrong_order, "goes-on-afterwards"),
        (index_for_step, "one-late"),
        (lambda: (torch.zeros(12), torch.ones(12)), "nothing-written"),
        (lambda: (torch.ones(12), torch.ones(12)), "nothing-written"),
    ],
)
def test_wrong_gates_are_named(gates, mistake):
    assert engine.judge(EXERCISES["gru-recall"], gates).mistake == mistake


def test_gates_of_no_known_kind_are_told_what_they_let_in():
    def writes_at_seven():
        r, z = recall(1.0, 0.0)
        r[6], z[6] = 1.0, 0.0
        return r, z

    verdict = engine.judge(EXERCISES["gru-recall"], writes_at_seven)
    assert verdict.mistake is None
    assert "h_12 depends on x_5 and x_7; it should depend on x_5 alone" in verdict.sentence
    assert verdict.sentence.endswith("Step 7 still writes, since z is 0 there.")


@pytest.mark.parametrize(
    ("scale", "offset", "shown"), [(40, -20, "r[0] is -20"), (0.5, 0, "z[0] is 0.5")]
)
def test_gates_are_nothing_but_zeros_and_ones(scale, offset, shown):
    def scaled():
        r, z = recall(1.0, 0.0)
        return scale * r + offset, scale * z + offset

    verdict = engine.judge(EXERCISES["gru-recall"], scaled)
    assert verdict.mistake == "not-0-or-1"
    assert verdict.sentence.startswith(shown)


def test_half_a_gate_where_it_makes_no_odds_is_no_solution():
    verdict = engine.judge(EXERCISES["gru-recall"], lambda: recall(1.0, 0.5))
    assert verdict.mistake == "not-0-or-1"


def test_gates_may_be_whole_numbers():
    def whole():
        r, z = recall(1.0, 0.0)
        return r.long(), z.tolist()

    assert engine.judge(EXERCISES["gru-recall"], whole).kind == "passed"


def test_a_gate_for_each_unit_is_told_its_shape():
    sentence = engine.judge(EXERCISES["gru-recall"], lambda: (torch.zeros(12, 3), torch.ones(12)))
    assert "r has shape (12, 3)" in sentence.sentence


@pytest.mark.draws
def test_the_quiz_counts_as_the_package_does():
    question = next(q for q in load_quiz("10") if q.id == "parameters")
    assert question.answer == sum(p.numel() for p in GRUCell(10, 20).parameters())
    torch_has = sum(p.numel() for p in torch.nn.GRU(10, 20).parameters())
    assert torch_has in [mistake.answer for mistake in question.mistakes]
    lstm = 4 * (10 * 20 + 20 * 20 + 20)
    assert lstm in [mistake.answer for mistake in question.mistakes]
