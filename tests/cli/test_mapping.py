"""`trellis mapping` and `trellis import --mapping`: a layout that is known is read by command."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.interchange import tiny, vendors
from trellis.cli.bring import import_paths
from trellis.cli.main import app
from trellis.evidence import imports, mappings, queries
from trellis.evidence.models import Import
from trellis.interchange.csv_text import read_csv_text
from trellis.interchange.mapping_proposal import propose

pytestmark = pytest.mark.django_db


def run(path: Path, *, mapping: str = "") -> tuple[int, str]:
    told = io.StringIO()
    code = import_paths([path], Console(file=told, width=160), mapping=mapping)
    return code, told.getvalue()


def saved(name: str, text: str) -> None:
    mappings.save(propose(read_csv_text(text.encode(), "f.csv")).mapping, name=name, by=None)


def test_a_file_is_read_by_the_mapping_that_is_named(tmp_path: Path) -> None:
    run(tiny.write_district(tmp_path / "district"))
    saved("Growth", vendors.GROWTH)
    saved("State", vendors.STATE)
    file = tmp_path / "growth.csv"
    file.write_text(vendors.GROWTH)

    wrong, told_wrong = run(file, mapping="State")
    right, told = run(file, mapping="Growth")

    assert (wrong, right) == (1, 0)
    assert "Tested Grade" in told_wrong
    assert "“Growth”" in told
    assert (
        queries.warehouse().read("assessment_results").collect().height == 6
    )  # beside the test that has no name


def test_a_layout_that_nobody_explained_is_refused_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    file = tmp_path / "growth.csv"
    file.write_text(vendors.GROWTH)

    code, told = run(file)

    assert code == 1
    assert "looks like results" in told
    assert not imports.folder_of(Import.objects.get()).exists()
    assert run(file, mapping="Unheard of") == (
        2,
        "There is no mapping “Unheard of”. Known: none.\n",
    )


def test_a_mapping_goes_out_and_comes_in_as_a_file(tmp_path: Path) -> None:
    saved("Growth", vendors.GROWTH)
    runner, to = CliRunner(), tmp_path / "growth.json"

    assert runner.invoke(app, ["mapping", "export", "Growth", str(to)]).exit_code == 0
    assert "version 2" in runner.invoke(app, ["mapping", "import", str(to)]).output
    assert runner.invoke(app, ["mapping", "export", "Unheard of", str(to)]).exit_code == 1
    assert "Growth" in runner.invoke(app, ["mapping", "list"]).output
