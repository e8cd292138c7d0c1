"""Run all benchmarks and print them; `python -m benchmarks --size small` is quicker."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import growth, practice, visits


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure Trellis on this machine.")
    parser.add_argument("--size", choices=("small", "demo", "large"), default="demo")
    parser.add_argument(
        "--only", choices=("large", "visits", "practice", "growth"), help="only one section"
    )
    asked = parser.parse_args()
    size = asked.size
    console = Console()
    console.print(_machine(), f"district: {size}")
    if asked.only in (None, "visits"):
        console.print(_as_table("Visits", visits.measure()))
    if asked.only in (None, "practice"):
        console.print(_as_table("Practice over time", practice.measure()))
    if asked.only == "growth":
        console.print(_as_table("Student growth percentiles", growth.measure()))
    if asked.only in ("visits", "practice", "growth"):
        return
    with tempfile.TemporaryDirectory(prefix="trellis-bench-") as home:
        os.environ |= {
            "TRELLIS_HOME": home,
            "TRELLIS_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        from benchmarks import data, large, pages

        if asked.only:
            call_command("migrate", verbosity=0)
            console.print(_as_table("What is large", large.measure(Path(home))))
            return
        console.print(_as_table("Files and insights", data.measure(Path(home), size)))
        console.print(_as_table("Pages, in milliseconds", pages.measure(Path(home))))
        console.print(_as_table("What is large", large.measure(Path(home))))
        console.print(_as_table("Student growth percentiles", growth.measure()))


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load at the start {load:.1f};"
    )


def _as_table(title: str, rows: list[tuple[str, ...]]) -> Table:
    table = Table(*rows[0], title=title)
    for row in rows[1:]:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
