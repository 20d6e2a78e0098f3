"""All exercises of the book by name, in the order of its chapters."""

from rnnbook.exercises import (
    bptt_by_hand,
    bptt_scalar,
    carry_detach_reset,
    clip_by_norm,
    cosine_after_clipping,
    delay,
    make_windows,
    masked_loss,
    norms_by_lag,
    running_parity,
    sample_temperature,
    simple_step,
    simple_unroll,
    step_jacobian,
    truncated_windows,
)
from rnnbook.exercises.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        make_windows.EXERCISE,
        running_parity.EXERCISE,
        simple_step.EXERCISE,
        simple_unroll.EXERCISE,
        delay.EXERCISE,
        carry_detach_reset.EXERCISE,
        masked_loss.EXERCISE,
        sample_temperature.EXERCISE,
        bptt_scalar.EXERCISE,
        bptt_by_hand.EXERCISE,
        truncated_windows.EXERCISE,
        step_jacobian.EXERCISE,
        norms_by_lag.EXERCISE,
        clip_by_norm.EXERCISE,
        cosine_after_clipping.EXERCISE,
    )
}
