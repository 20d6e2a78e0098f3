"""The committed notebooks, the tool that makes them, and the pass that compares them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "book" / folder) for folder in ("_ext", "_tools")]

import notebook_checks  # noqa: E402
import notebook_form  # noqa: E402
import notebooks  # noqa: E402
import page_form  # noqa: E402

MASK = "nbval_sanitize.cfg"
FILES = [*notebook_form.chapters(), notebook_form.TEMPLATE]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_committed_notebook_is_well(path):
    assert notebook_checks.problems([path]) == []


ASKS = re.compile(r'^(Quiz|Try|Prediction)\("(\w+)"(?:, "([\w-]+)")?\)', re.M)


def test_the_notebooks_ask_the_questions_of_today():
    """Faster than nbval, which finds it too; where it fails, run the notebook again."""
    from rnncourse import figures

    stale = []
    for path in FILES:
        for cell in notebook_form.read(path).cells:
            asked = ASKS.search(cell.source) if cell.cell_type == "code" else None
            if asked:
                kind, chapter, *id = (part for part in asked.groups() if part)
                sealed = getattr(figures, kind)(chapter, *id).sealed
                shown = "".join(str(output.get("data", "")) for output in cell.outputs)
                if sealed not in shown:
                    stale.append(f"{path.stem}: {asked[0]}")
    assert stale == []


def test_claims_are_unique_and_pages_agree_with_them():
    assert notebook_checks.book_problems() == []


def test_the_template_has_the_sections_in_their_order():
    prose = "\n".join(c.source for c in notebook_form.read(notebook_form.TEMPLATE).cells)
    core = ["A worked example", "What was measured", "What it does not show", "Going deeper"]
    wanted = ["In one screen", "Goals", *core, *page_form.CLOSE]
    assert re.findall(r"^## (.*)$", prose, re.MULTILINE) == wanted


def notebook(*cells, **metadata):
    """A notebook that looks as if it had been run; strings are code, lists of outputs theirs."""
    made = new_notebook(metadata=metadata)
    for count, cell in enumerate((c for c in cells if c["cell_type"] == "code"), start=1):
        cell["execution_count"] = count
    made.cells = list(cells)
    made.metadata["rnnbook"] = {"source_sha256": notebook_form.source_hash(made)}
    return made


def written(tmp_path, made):
    path = tmp_path / "made.ipynb"
    path.write_text(notebook_form.text(notebook_form.normalise(made)), encoding="utf-8")
    return path


def html(page):
    return new_output("display_data", data={"text/html": page})


def claim_output(id="a-claim", bound=(None, 0.01)):
    metadata = {"rnnbook_claim": {"id": id, "bound": list(bound)}}
    return new_output("display_data", data={"text/plain": "Claim"}, metadata=metadata)


# Normalising


def test_normalising_takes_out_what_an_editor_adds_and_is_stable():
    metadata = {"execution": {"iopub.status.busy": "2026-01-31"}, "tags": ["b", "a"]}
    streams = [new_output("stream", name="stdout", text=t) for t in ("one\n", "two\n")]
    code = new_code_cell("print()", outputs=streams, metadata=metadata)
    made = notebook(
        code,
        new_markdown_cell("text"),
        colab={},
        language_info={"name": "python", "version": "3.12"},
    )
    made.metadata.kernelspec = {"name": "my-venv", "display_name": "mine"}
    once = notebook_form.text(notebook_form.normalise(made))
    normal = json.loads(once)
    assert normal["metadata"]["kernelspec"]["name"] == "python3"
    assert normal["metadata"]["language_info"] == {"name": "python"}
    assert "colab" not in normal["metadata"]
    assert normal["cells"][0]["metadata"] == {"tags": ["a", "b"]}
    assert normal["cells"][0]["execution_count"] == 1
    assert [o["text"] for o in normal["cells"][0]["outputs"]] == [["one\n", "two\n"]]
    assert notebook_form.text(notebook_form.normalise(nbformat.reads(once, as_version=4))) == once


def test_cell_ids_are_kept_or_made_from_place_and_content(tmp_path):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "same"} for _ in range(4)]
    cells[0]["id"] = cells[1]["id"] = "kept"
    cells[2]["id"] = "not an id"
    path = tmp_path / "old.ipynb"
    old = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(old), encoding="utf-8")
    first, second = ([c.id for c in notebook_form.read(path).cells] for _ in range(2))
    assert first == second
    assert len(set(first)) == 4
    assert first[0] == "kept"


def test_a_figure_is_kept_as_html_without_its_kernel():
    view = {notebook_form.WIDGET_VIEW: {"model_id": "a" * 32}}
    figure = new_output("execute_result", data={**view, "text/html": "<p>still</p>"})
    made = notebook(new_code_cell("1", outputs=[figure, new_output("display_data", data=view)]))
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    normal = notebook_form.normalise(made)
    assert "widgets" not in normal.metadata
    assert [output.data for output in normal.cells[0].outputs] == [{"text/html": "<p>still</p>"}]


def test_execute_runs_in_place_and_only_what_changed(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(notebooks, "write_results", list)  # the book stays as it is
    made = new_notebook(cells=[new_code_cell("import os"), new_code_cell("os.getcwd()")])
    path = written(tmp_path, made)
    assert notebook_form.changed(path)
    assert notebooks.main(["execute", "--changed", str(path)]) == 0
    assert re.fullmatch(r"made.ipynb: \d+\.\d s\n", capsys.readouterr().out)
    run = notebook_form.read(path)
    assert [c.execution_count for c in run.cells] == [1, 2]
    assert str(tmp_path) in run.cells[1].outputs[0].data["text/plain"]
    assert notebook_checks.problems([path]) == []
    notebooks.main(["execute", "--changed", str(path)])
    assert capsys.readouterr().out == "made.ipynb: not changed\n"
    run.cells[0].source += "  # now"
    path.write_text(notebook_form.text(run), encoding="utf-8")
    assert any("was changed since" in p for p in notebook_checks.problems([path]))


def test_a_failing_code_cell_leaves_the_file_as_it_was(tmp_path):
    path = written(tmp_path, new_notebook(cells=[new_code_cell("1 / 0")]))
    before = path.read_bytes()
    with pytest.raises(Exception, match="ZeroDivisionError"):
        notebooks.execute(path)
    assert path.read_bytes() == before


def test_the_time_of_a_chapter_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks, "TIMINGS", tmp_path / "timings.json")
    for name, seconds in (("b", 2.0), ("a", 21.345)):
        (tmp_path / f"{name}.ipynb").touch()
        notebooks.record_time(tmp_path / f"{name}.ipynb", seconds)
    (tmp_path / "b.ipynb").unlink()
    notebooks.record_time(tmp_path / "a.ipynb", 21.345)
    timings = json.loads((tmp_path / "timings.json").read_text(encoding="utf-8"))
    assert list(timings) == ["a.ipynb"]
    assert timings["a.ipynb"]["seconds"] == 21.3
    assert set(timings["a.ipynb"]) == {"seconds", "date", "machine"}


# Checking


@pytest.mark.parametrize(
    ("outputs", "problem"),
    [
        ([new_output("error", ename="ValueError", evalue="no")], "has an error: ValueError: no"),
        ([new_output("stream", name="stderr", text="Warning")], "writes to stderr: 'Warning'"),
        ([html("<p>ok"), html("<svg viewBox='0'></svg>")], "image without alt text: <svg viewBox"),
        ([html('<img src="x.png">')], 'image without alt text: <img src="x.png">'),
        ([new_output("display_data", data={"image/png": "aGVq"})], "plots.show(fig, alt=…)"),
        (
            [new_output("execute_result", data={"text/plain": "<object at 0x7f27c2ab6810>"})],
            "an address in memory",
        ),
    ],
)
def test_outputs_that_must_not_be_committed(tmp_path, outputs, problem):
    path = written(tmp_path, notebook(new_code_cell("show()", outputs=outputs)))
    (found,) = notebook_checks.problems([path])
    assert found.endswith(problem) or problem in found
    assert "cell 0: " in found


def test_a_notebook_that_is_well_has_no_problems(tmp_path):
    fine = [html('<svg aria-label="it falls"></svg><img alt="x"><svg aria-hidden="true"></svg>')]
    words = "![it falls](a.png)\n\n```{figure} a.png\n:alt: it falls\n```\n"
    cells = [new_code_cell("show()", outputs=fine), new_markdown_cell(words)]
    assert notebook_checks.problems([written(tmp_path, notebook(*cells))]) == []


@pytest.mark.parametrize(
    "words",
    [
        "![](a.png)",
        '<img src="a.png">',
        "```{figure} a.png\n:width: 10\n```",
        ":::{image} a.png\n:::",
    ],
)
def test_prose_images_need_alt_text(tmp_path, words):
    path = written(tmp_path, notebook(new_code_cell("1"), new_markdown_cell(words)))
    (found,) = notebook_checks.problems([path])
    assert "cell 1: image without alt text" in found


def test_the_form_of_a_notebook(tmp_path):
    made = notebook(
        new_code_cell("1", metadata={"tags": ["raises-exception"]}),
        new_code_cell("\n".join("abcdefghijklmnopqrstuvwxyz")),
    )
    made.cells[1].execution_count = 7
    path = written(tmp_path, made)
    path.write_text(path.read_text(encoding="utf-8") + "\n" * 1_000_000, encoding="utf-8")
    found = "\n".join(notebook_checks.problems([path, tmp_path / "no.ipynb"]))
    for words in (
        "not normalised",
        "1.0 MB large",
        "not run once each in their order, but as [1, 7]",
    ):
        assert words in found
    assert "may raise an error, by its tag" in found
    assert "no.ipynb: there is no such file" in found
    (warning,) = notebook_checks.warnings([path])
    assert "cell 1: 26 lines of code" in warning


# Prose and claims


def test_a_tie_names_a_claim_of_the_book(tmp_path):
    tied = new_markdown_cell("below 0.01<!--claim:a-claim-->, at least 3<!--claim:lost-->")
    path = written(tmp_path, notebook(new_code_cell("1", outputs=[claim_output()]), tied))
    (found,) = notebook_checks.problems([path])
    assert found.endswith("cell 1: the prose is tied to claim 'lost', which nothing makes")


def test_claim_ids_are_unique_over_the_book_and_pages_are_read(tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.md").write_text("5<!--claim:a-claim-->", encoding="utf-8")
    for name in ("01-one.ipynb", "02-two.ipynb"):
        written(tmp_path, notebook(new_code_cell("1", outputs=[claim_output()]))).rename(
            tmp_path / name
        )
    monkeypatch.setattr(notebook_checks, "ROOT", tmp_path)
    monkeypatch.setattr(notebook_form, "CHAPTERS", tmp_path)
    assert notebook_checks.book_problems() == [
        "02-two.ipynb: claim a-claim is made already, in 01-one.ipynb",
        "book/index.md: the prose says 5, but the bound of claim a-claim is [None, 0.01]",
    ]


# The pass over the chapters

SOURCE = """
import sys, time
from rnncourse import claim, ledger
claim("a-claim", "The error is small", 0.001, (None, 0.01))
---
claim("b-claim", "The accuracy is high", 0.95, (0.9, 1.0))
---
ledger()
---
from IPython.display import HTML
HTML('<svg role="img" aria-label="it falls"><path d="M 0.1 0.2"/></svg>')
---
print("two and two is", 2 + 2)
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The text of a made-up notebook that was run."""
    cells = [new_code_cell(source.strip()) for source in SOURCE.split("---")]
    path = written(tmp_path_factory.mktemp("executed"), new_notebook(cells=cells))
    notebooks.execute(path)
    return path.read_text(encoding="utf-8")


def nbval(tmp_path, made, *options):
    """Run nbval as the chapters are run, over made-up notebooks; its exit status and output."""
    for name in ("conftest.py", MASK):
        shutil.copy(HERE / name, tmp_path)
    for name, content in made.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", MASK, *options]
    command += ["--rootdir", ".", "--color", "no", "-p", "no:cacheprovider", *made]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


# Each row: what stands in the committed notebook in place of what the run gives.
HARMLESS = {
    "measured 0.001": "measured 1.23e-05",
    'rnnbook-measured\\">0.001<': 'rnnbook-measured\\">1.23e-05<',
    "measured 0.95": "measured 1",
    'rnnbook-measured\\">0.95<': 'rnnbook-measured\\">1<',
    '\\"M 0.1 0.2\\"': '\\"M 0.10001 0.2\\"',
}
DRIFT = [
    ("  bound < 0.01", "  bound < 0.02"),
    ("The accuracy is high</summary>", "The accuracy is fair</summary>"),
    ("<td>&lt; 0.01</td>", "<td>&lt; 0.02</td>"),
    ('aria-label=\\"it falls\\"', 'aria-label=\\"it rises\\"'),
    ("two and two is 4", "two and two is 5"),
]


def with_outputs(text, changes):
    """The text of a notebook with other outputs: for each code cell, a list of replacements."""
    made = json.loads(text)
    for cell, replacements in zip(made["cells"], changes, strict=True):
        outputs = json.dumps(cell["outputs"])
        for old, new in replacements:
            cell["outputs"] = json.loads(outputs := outputs.replace(old, new))
    return json.dumps(made)


def test_the_pass_lets_a_measured_number_and_a_drawing_move(tmp_path, executed):
    for old in HARMLESS:
        assert old in executed
    moved = with_outputs(executed, [HARMLESS.items()] * 5)
    status, output = nbval(tmp_path, {"moved.ipynb": moved})
    assert status == 0, output
    assert re.search(r"^notebook times: moved \d+\.\d s$", output, re.MULTILINE)


def test_the_pass_fails_where_an_output_drifts(tmp_path, executed):
    drifted = with_outputs(executed, [[change] for change in DRIFT])
    status, output = nbval(tmp_path, {"drifted.ipynb": drifted})
    assert status == 1, output
    failed = re.findall(r"^FAILED drifted\.ipynb::Cell (\d)", output, re.MULTILINE)
    assert sorted(failed) == ["0", "1", "2", "3", "4"], output
    assert "notebook times: drifted" in output


def test_code_cells_keep_their_order_when_tests_are_shuffled(tmp_path):
    cells = [new_code_cell("x = 0"), *(new_code_cell("x += 1; x") for _ in range(5))]
    path = written(tmp_path, new_notebook(cells=cells))
    notebooks.execute(path)
    made = dict.fromkeys(("one.ipynb", "two.ipynb"), path.read_text(encoding="utf-8"))
    (tmp_path / "reverse.py").write_text(
        "def pytest_collection_modifyitems(items):\n    items.reverse()\n", encoding="utf-8"
    )
    options = ("-p", "reverse", "-p", "no:randomly", "-n", "2", "--dist", "loadfile")
    status, output = nbval(tmp_path, made, *options)
    assert status == 0, output
    assert "12 passed" in output
    assert re.search(r"^notebook times: one \d+\.\d s, two \d+\.\d s$", output, re.MULTILINE)
