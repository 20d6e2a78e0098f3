"""What the search knows beside the pages' words: where a term is introduced, and two spellings.

A new term stands in bold where a chapter introduces it; that place becomes an entry of the search's
index, as a glossary's terms are. British and American spellings count as one word. How hits are
ordered, named and quoted is in `searching.js`.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.en import SearchEnglish

from page_form import CHAPTER

LONGEST_TERM = 4  # words
# What a question is asked with, but no page is about.
ASKED_WITH = {"an", "can", "do", "does", "how", "i", "my", "versus", "vs", "what", "which", "why"}

# Endings, in patterns that Python and JavaScript read alike.
ISE = "^(.{3,})is(e|ed|es|er|ers|ing|ation|ations)$"
OUR = "^(.{3,})our(|s|ed|ing|al)$"


class British(SearchEnglish):
    """English, in which `initialisation` and `initialization` are the same word."""

    stopwords = SearchEnglish.stopwords | ASKED_WITH
    js_stemmer_code = (
        SearchEnglish.js_stemmer_code
        + f"""
Stemmer = ((Plain) => function () {{
  const plain = new Plain();
  this.stemWord = (word) =>
    plain.stemWord(word.replace(/{ISE}/, "$1iz$2").replace(/{OUR}/, "$1or$2"));
}})(Stemmer);
"""
    )

    def stem(self, word: str) -> str:
        """Return what is left of a word without its ending, the American way."""
        return super().stem(re.sub(OUR, r"\1or\2", re.sub(ISE, r"\1iz\2", word.lower())))


def index_new_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Make an entry of each term in bold at the first place where a chapter has it."""
    if not CHAPTER.fullmatch(app.env.docname):
        return
    seen = set()
    for strong in list(doctree.findall(nodes.strong)):
        term = strong.astext()
        if not _is_term(term) or term in seen or not isinstance(strong.parent, nodes.paragraph):
            continue
        seen.add(term)
        identity = nodes.make_id(f"term-{term}")
        strong["ids"].append(identity)
        entry = addnodes.index(entries=[("single", term, identity, "main", None)])
        strong.parent.insert(strong.parent.index(strong), entry)


def _is_term(words: str) -> bool:
    """Whether words in bold are a term: a few, that begin small, and are not a sentence."""
    return words[:1].islower() and len(words.split()) <= LONGEST_TERM and words[-1].isalnum()


def set_search(app: Sphinx, config: Config) -> None:
    """Have Sphinx take our way to order what was found."""
    config.html_search_scorer = str(Path(__file__).with_suffix(".js"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_search_language(British)
    app.connect("config-inited", set_search)
    app.connect("doctree-read", index_new_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
