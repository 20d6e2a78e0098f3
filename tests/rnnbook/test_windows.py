"""Windows of inputs: the last ones of each step, zeros before the first."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnbook.data import windows


@given(T=st.integers(1, 9), k=st.integers(1, 6))
def test_windows_hold_the_last_inputs_and_zeros_before_the_first(T, k):
    x = 1 + torch.arange(T * 6).view(T, 2, 3)
    seen = windows(x, k)
    assert seen.shape == (T, 2, k, 3)
    for t in range(T):
        for place in range(k):
            source = t - k + 1 + place
            expected = x[source] if source >= 0 else torch.zeros_like(x[0])
            assert torch.equal(seen[t, :, place], expected)


def test_windows_names_what_is_wrong():
    with pytest.raises(ValueError, match=r"x must have shape \(T, B, D\), got \(3, 2\)"):
        windows(torch.zeros(3, 2), 2)
    with pytest.raises(ValueError, match="k must be a positive int, got 0"):
        windows(torch.zeros(3, 2, 1), 0)
