"""What every interactive figure is: an anywidget that a static page can bring to life too."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

import anywidget
import ipywidgets

from rnncourse.figures import bundle
from rnncourse.plots.svg import captioned

_OF_EVERY_WIDGET = frozenset(ipywidgets.DOMWidget.class_trait_names())


class Figure(anywidget.AnyWidget):
    """A figure that answers: its JavaScript computes, in a notebook and on the book's pages alike.

    A subclass says which module of ``js/`` draws it (``name``), has what that module reads and
    writes as synced traits, and implements ``still``. In a live kernel the traits are ordinary
    ones: ``figure.observe(…)`` and ``ipywidgets.link`` work, and what a reader did can be read.

    Beside the live view, the output holds HTML: the still picture and the traits, from which the
    page's host (``host.js``) starts the figure where there is no kernel. That is what a committed
    notebook keeps.
    """

    name: ClassVar[str]
    caption = ""

    def __init_subclass__(cls, **options: Any) -> None:
        if "name" in cls.__dict__:
            cls._esm = bundle.live(cls.name)
            cls._css = bundle.style()
        super().__init_subclass__(**options)

    def still(self) -> str:
        """HTML that stands in the figure's place in print, and where there is no JavaScript.

        The same for the same traits, on every machine: `plots.to_svg` makes such pictures.
        """
        raise NotImplementedError(f"{type(self).__name__} must implement still()")

    def settings(self) -> dict[str, Any]:
        """The figure's own traits by name, as the page is given them."""
        names = sorted(set(self.traits(sync=True)) - _OF_EVERY_WIDGET)
        return {name: getattr(self, name) for name in names if not name.startswith("_")}

    def captioned(self, caption: str) -> Self:
        """Put a caption below the figure on the page, which numbers it; return the figure."""
        self.caption = caption
        return self

    def page(self) -> str:
        """The figure as HTML for a static page."""
        traits = json.dumps(self.settings(), ensure_ascii=False, allow_nan=False, sort_keys=True)
        # In a script element only "</script" and "<!--" end or change what is read.
        traits = traits.replace("<", r"\u003c")
        host = (
            f'<div class="rnnbook-host" data-figure="{self.name}">'
            f'<div class="rnnbook-still">{self.still()}</div>'
            f'<script type="application/json">{traits}</script></div>'
        )
        return captioned(host, self.caption)

    def __repr__(self) -> str:
        """The class alone: an address in memory would differ in every run."""
        return f"<{type(self).__name__}>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        live = super()._repr_mimebundle_(**options)
        if live is None:
            return None
        data, metadata = live
        return {**data, "text/html": self.page()}, metadata
