"""A room a page: its exercises, its experiments with their results, its quiz, its weights.

A room imports what it likes from `rnnbook` and from the rooms of this package above, and nothing
from another lesson: what two lessons need goes up.
"""
