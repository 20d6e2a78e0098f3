"""Interactive figures: the same JavaScript in a live notebook and on the static page.

`Figure` is what they have in common; ``js/`` holds what runs in the browser: ``engine/`` computes,
``base/`` furnishes, and each other module is one figure.
"""

from rnnbook.figures.base import Figure

__all__ = ["Figure"]
