"""One small district, written once for all tests that read its files."""

import csv
import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from trellis.simulate import DEMONSTRATION_DAY, write_district

Rows = list[dict[str, str]]
Read = Callable[[str], Rows]
SEED = 7


@pytest.fixture(scope="session")
def small_district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small district and its truth side by side; return its folder."""
    home = tmp_path_factory.mktemp("small")
    write_district(
        home / "district",
        size="small",
        seed=SEED,
        today=DEMONSTRATION_DAY,
        truth=home / "truth.json",
    )
    return home / "district"


def read_csv(text: str) -> Rows:
    """Read CSV text as rows by column."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="session")
def read(small_district: Path) -> Read:
    """Read a file of the small district; `oneroster/NAME` reads one inside the bundle."""

    @cache
    def reader(name: str) -> Rows:
        if name.startswith("oneroster/"):
            with zipfile.ZipFile(small_district / "oneroster.zip") as bundle:
                return read_csv(bundle.read(f"{name.split('/')[1]}.csv").decode())
        return read_csv((small_district / f"{name}.csv").read_text("utf-8"))

    return reader
