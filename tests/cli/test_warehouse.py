"""`trellis warehouse` looks after the tables of an installation and takes them out."""

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from typer.testing import CliRunner, Result

from tests.interchange import tiny
from trellis.cli.main import app
from trellis.evidence import queries
from trellis.warehouse import store
from trellis.web.loaders import bring_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_warehouse")]


def trellis(*words: str) -> Result:
    return CliRunner().invoke(app, ["warehouse", *words])


def now() -> pl.DataFrame:
    return queries.warehouse().read("assessment_results").collect()


def test_a_sound_warehouse_is_said_to_be_as_written(tmp_path: Path) -> None:
    assert "Nothing was imported yet" in trellis("verify").output
    bring_in([tiny.write_district(tmp_path)], apply=True)

    found = trellis("verify")

    assert found.exit_code == 0, found.output
    assert "current" in found.output
    assert "as written" in found.output


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    bring_in([tiny.write_district(tmp_path)], apply=True)
    part = next(settings.TRELLIS_WAREHOUSE.glob("tables/costs/*"))
    part.write_bytes(part.read_bytes()[:-1])

    found = trellis("verify")

    assert found.exit_code == 1
    assert "costs" in found.output
    assert "backup" in found.output


def test_small_files_are_merged_and_readers_see_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store, "PART_ROWS", 1)
        bring_in([tiny.write_district(tmp_path)], apply=True)
    reader, before = queries.warehouse().read("assessment_results"), now()

    found = trellis("compact")

    assert found.exit_code == 0, found.output
    assert "files became" in found.output
    assert now().equals(before)
    assert reader.collect().equals(before)  # who began to read before goes on reading
    assert "nothing to merge" in trellis("compact").output
    assert "as written" in trellis("verify").output


def test_tables_are_exported_without_names(tmp_path: Path) -> None:
    bring_in([tiny.write_district(tmp_path / "in")], apply=True)

    found = trellis("export", str(tmp_path / "out"), "--format", "csv")

    assert found.exit_code == 0, found.output
    everything = "".join(p.read_text() for p in (tmp_path / "out").iterdir())
    for name in ("Ana", "Ruiz", "ana@tiny.example", "t-ana", "Ivy", "p-1,"):
        assert name not in everything
    assert trellis("export", str(tmp_path / "out")).exit_code == 1
