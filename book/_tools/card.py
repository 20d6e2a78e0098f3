"""Draw the picture that the book is shared with: `python book/_tools/card.py`.

Logo and title on 1200 × 630 pixels, in `book/_static/card.png`, which is committed: sites that show
such pictures take no SVG, and the build has nothing to draw with. Needs Chromium and playwright.
"""

import shutil
import sys
from html import escape

import yaml

from check_pages import ROOT

STATIC = ROOT / "book" / "_static"
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: 1200px; height: 630px; display: grid; place-content: center; gap: 56px;
        background: #fff; color: #222; font-family: "DejaVu Sans", sans-serif; text-align: center }}
svg {{ width: 620px; height: auto; margin: auto }}
b {{ font-size: 60px }} p {{ font-size: 38px; margin: 12px 0 0; color: #555 }}
</style>{logo}<div><b>{title}</b><p>{subtitle}</p></div>"""


def main() -> int:
    """Draw it, and return the exit status."""
    from playwright.sync_api import sync_playwright

    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    title, _, subtitle = config["title"].partition(": ")
    logo = (STATIC / "logo.svg").read_text(encoding="utf-8")
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(PAGE.format(logo=logo, title=escape(title), subtitle=escape(subtitle)))
        page.screenshot(path=STATIC / "card.png")
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
