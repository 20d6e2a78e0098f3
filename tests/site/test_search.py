"""What the search finds, in which order, and how it shows it."""

import re

import pytest
from visit import Visit, over

# What readers look for, and the pages that answer; the first is the best, and any will do.
WANTED = {
    "LSTM": ["chapters/08-lstm"],
    "GRU": ["chapters/10-gru"],
    "nn.LSTM": ["chapters/08-lstm"],
    "LSTM vs GRU": ["chapters/11-rnn-lstm-gru"],
    "forget gate": ["chapters/08-lstm"],
    "update gate": ["chapters/10-gru"],
    "GRU reset gate": ["chapters/10-gru"],
    "forget gate bias": ["chapters/09-lstm-long-memory", "chapters/08-lstm"],
    "cell state": ["chapters/08-lstm"],
    "hidden state": ["chapters/08-lstm", "chapters/02-simple-rnn"],
    "LSTM output shape": ["chapters/08-lstm"],
    "how many parameters does an LSTM have": ["chapters/08-lstm"],
    "batch_first": ["chapters/02-simple-rnn"],
    "vanishing gradients": ["chapters/05-vanishing-gradients"],
    "exploding gradient": ["chapters/06-exploding-and-remedies"],
    "gradient clipping": ["chapters/06-exploding-and-remedies"],
    "clip_grad_norm_": ["chapters/06-exploding-and-remedies"],
    "orthogonal initialization": ["chapters/06-exploding-and-remedies"],
    "BPTT": ["chapters/04-bptt"],
    "truncated BPTT": ["chapters/04-bptt"],
    "singular values Jacobian": ["chapters/05c-singular-values"],
    "language model": ["chapters/03-first-language-model"],
    "perplexity": ["chapters/03-first-language-model"],
    "n-gram": ["chapters/03-first-language-model", "chapters/03c-counts-against-networks"],
    "padding mask": ["chapters/03b-worth-of-a-state", "chapters/13-depth-direction-length"],
    "sigmoid": ["chapters/07-gating"],
    "time constant leak": ["chapters/07-gating", "chapters/07b-leaks"],
    "adding problem": ["chapters/05b-luck-or-learning"],
    "minimal gated unit": ["chapters/12-gate-ablations"],
    "ablation": ["chapters/12-gate-ablations"],
    "JANET": ["chapters/12-gate-ablations"],
    "softmax": ["book/primer"],
    "bidirectional": ["chapters/13-depth-direction-length"],
    "pack_padded_sequence": ["chapters/13-depth-direction-length"],
    "teacher forcing": ["chapters/03-first-language-model"],
    "BLEU": ["chapters/18d-captions"],
    "CTC": ["chapters/19-speech"],
    "MASE": ["chapters/17-forecasting"],
    "MNIST": ["chapters/21c-mnist", "chapters/21-vision"],
    "Kalman filter": ["chapters/22b-what-its-state-knows", "chapters/22-control"],
    "policy gradient": ["chapters/22c-without-a-gradient"],
    "LSTMCell": ["book/api/rnnbook/cells/lstm/index"],
}
KINDS = [r"chapters/\d\d-", r"chapters/\d\d[a-z]-", "book/api/"]
NEAR = 2  # hits, of which one must be the wanted page

HITS = """queries => queries.map((query) =>
  Search._performSearch(...Search._parseQuery(query)).reverse().map(([page]) => page))"""


@pytest.fixture
def searcher(visit: Visit) -> Visit:
    """A visitor on the search page, with the index there."""
    visit.go("search")
    visit.page.wait_for_function("() => Search.hasIndex()")
    return visit


def hits(searcher: Visit, *queries: str) -> list[list[str]]:
    """The pages found for each query, best first."""
    return searcher.page.evaluate(HITS, list(queries))


def test_the_wanted_page_is_among_the_first_two(searcher: Visit) -> None:
    found = dict(zip(WANTED, hits(searcher, *WANTED), strict=True))
    missed = {query: pages[: NEAR + 1] for query, pages in found.items()
              if not set(WANTED[query]) & set(pages[:NEAR])}  # fmt: skip
    assert len(WANTED) >= 30
    assert missed == {}


def test_of_pages_that_fit_alike_lessons_come_first_and_the_api_last(searcher: Visit) -> None:
    (pages,) = hits(searcher, "noise")  # in no title, and no term
    kinds = [next((kind for kind, pattern in enumerate(KINDS) if re.match(pattern, page)), None)
             for page in pages]  # fmt: skip
    found = [kind for kind in kinds if kind is not None]
    assert set(found) == set(range(len(KINDS)))
    assert found == sorted(found)


def test_pages_that_fit_alike_stand_in_the_order_of_the_book(searcher: Visit) -> None:
    (pages,) = hits(searcher, "batch_first")
    lessons = [page for page in pages if re.match(KINDS[0], page)]
    assert lessons == sorted(lessons)
    assert len(lessons) > 3


def test_both_spellings_and_the_plural_find_the_same(searcher: Visit) -> None:
    for one, other in [
        ("chrono initialisation", "chrono initialization"),
        ("colour", "color"),
        ("leaky unit", "leaky units"),
        ("peephole", "peepholes"),
    ]:
        first, second = hits(searcher, one, other)
        assert first == second, (one, other)
        assert first, one


def test_a_page_is_one_hit(searcher: Visit) -> None:
    for query, pages in zip(WANTED, hits(searcher, *WANTED), strict=True):
        prose = [page for page in pages if "/api/" not in page]
        assert len(prose) == len(set(prose)), query


def quoted(visit: Visit, query: str) -> list[str]:
    """What the result page quotes under its first five hits."""
    visit.page.goto(f"{visit.base}search.html?q={query}")
    visit.page.locator(".search-summary", has_text="found").wait_for()
    visit.rest()
    return visit.page.locator("ul.search li p.context").all_inner_texts()[:5]


def test_hits_quote_the_text_around_the_word(visit: Visit) -> None:
    quotes = quoted(visit, "perplexity")
    assert quotes
    for quote in quotes:
        assert "perplexity" in quote.lower()
        assert re.match(r"(… )?[\w“(]", quote), quote
        assert not any(noise in quote for noise in (".pdf", ".ipynb", "Contents", "#", "\\", "\n"))
    first = visit.page.locator("ul.search li a").first
    assert first.inner_text() == "3 · A first language model › perplexity"
    assert visit.faults == []


def test_the_page_that_is_opened_marks_the_words(visit: Visit) -> None:
    quoted(visit, "forget+gate")
    visit.page.locator("ul.search li a").first.click()
    visit.page.wait_for_url("**/08-lstm.html#*")
    marked = visit.page.locator("article span.highlighted")
    marked.first.wait_for()
    words = {word.lower() for word in marked.all_text_contents()}
    assert words == {"forget", "gate"}
    assert visit.faults == []


@over(scheme=["file"])
def test_on_a_disk_the_search_finds_without_quoting(visit: Visit) -> None:
    assert quoted(visit, "perplexity") == []
    assert visit.page.locator("ul.search li").count() > 1
    assert visit.faults == []
