"""Every notebook runs from top to bottom, and is kept without output."""

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
MOST_SECONDS = 300
"""For one cell."""
FEWER = re.compile(r"\breplicates=\d+")
"""What a reader waits for is lived three times here."""


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_output(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]

    assert not [cell["id"] for cell in cells if cell.get("outputs") or cell.get("execution_count")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_links_lead_somewhere(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")

    assert not [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the notebook machinery, not of ours
def test_it_runs_from_top_to_bottom(checkout, path, tmp_path, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    here = tmp_path / "notebooks"
    here.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("MPLBACKEND", raising=False)  # figures are shown as a reader sees them
    notebook = nbformat.reads(FEWER.sub("replicates=3", path.read_text(encoding="utf-8")), as_version=4)
    client = NotebookClient(
        notebook, timeout=MOST_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(here)}}
    )

    client.execute()

    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    complaints = [output["text"] for output in shown if output.get("name") == "stderr"]
    assert not [text for text in complaints if "TqdmWarning" not in text]  # Mesa's progress bar misses its widgets
    assert [output for output in shown if "image/png" in output.get("data", {})]
