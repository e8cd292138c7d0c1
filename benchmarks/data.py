"""Measure the import against Polars reading the same files, and the refresh of insights."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import polars as pl
from django.core.management import call_command

from trellis.insights.tasks import compute
from trellis.interchange.reading import read_district
from trellis.simulate import DEMONSTRATION_DAY, Size, write_district
from trellis.web.loaders import bring_in

Result = TypeVar("Result")


def measure(home: Path, size: Size) -> list[tuple[str, ...]]:
    """Return a table of rates; the home holds the imported, computed district afterwards."""
    call_command("migrate", verbosity=0)
    folder = home / "district"
    written = write_district(folder, size=size, seed=1, today=DEMONSTRATION_DAY)
    rows = sum(written.rows.values())

    polars = min(_timed(lambda: _read_by_polars(folder))[0] for _ in range(3))
    checked = _timed(lambda: read_district([folder]))[0]
    imported = _timed(lambda: bring_in([folder], apply=True))[0]
    computed = compute()
    return [
        ("what", "seconds", "rate", "against Polars"),
        ("write the files", f"{written.seconds:.2f}", f"{rows / written.seconds:,.0f} rows/s", ""),
        ("Polars reads them", f"{polars:.2f}", f"{rows / polars:,.0f} rows/s", "1"),
        ("Trellis checks them", *_rate(rows, checked, polars)),
        ("Trellis imports them", *_rate(rows, imported, polars)),
        (
            "refresh all insights",
            f"{computed.seconds:.2f}",
            f"{computed.teachers / computed.seconds:,.1f} teachers/s",
            "",
        ),
    ]


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _rate(rows: int, seconds: float, peer: float) -> tuple[str, str, str]:
    return f"{seconds:.2f}", f"{rows / seconds:,.0f} rows/s", f"{seconds / peer:,.1f} x its time"


def _read_by_polars(folder: Path) -> int:
    return sum(pl.read_csv(source, infer_schema=False).height for source in _tables(folder))


def _tables(folder: Path) -> Iterator[Path | io.BytesIO]:
    yield from sorted(folder.glob("*.csv"))
    with zipfile.ZipFile(folder / "oneroster.zip") as bundle:
        for name in bundle.namelist():
            if name.endswith(".csv"):
                yield io.BytesIO(bundle.read(name))
