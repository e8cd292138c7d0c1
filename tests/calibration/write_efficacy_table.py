"""Write docs/methods/efficacy-calibration.md from at least a thousand replications of each world.

`make calibrate` does; or `python -m tests.calibration.write_efficacy_table [replications]`.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.calibration.efficacy_sizes import WORLDS, Row, simulate

TABLE = Path(__file__).parents[2] / "docs" / "methods" / "efficacy-calibration.md"
EFFECTS = (0.0, 0.3)
SEED = 2026
HEAD = """# How often the verdicts are wrong

Simulated districts whose truth is known; {n:,} repetitions of each. In brackets the Monte Carlo
error (one standard error). *Covered*: the 95 % interval holds the truth; the promise is 93 to 97.
*Called wrongly*: "helps" or "harms" where nothing works, or "harms" where something helps; the
promise is at most 5.
Written by `make calibrate`; the worlds are in `tests/calibration/efficacy_worlds.py`.

| world | true effect | covered % | called wrongly % | helps % | cannot tell yet % |
|---|---|---|---|---|---|
"""


def main(replications: int = 1000) -> list[Row]:
    """Simulate every world, write the table, return its rows."""
    jobs = [(world, effect) for world in WORLDS for effect in EFFECTS]
    with ProcessPoolExecutor() as pool:
        running = [pool.submit(simulate, w, e, replications, SEED) for w, e in jobs]
        rows = [r.result() for r in running]
    TABLE.write_text(HEAD.format(n=replications) + "".join(_line(r) for r in rows))
    return rows


def _line(row: Row) -> str:
    shares = (row.covered, row.called_wrongly, row.helps, row.cannot_tell)
    cells = " | ".join(f"{s:.1%} ({row.monte_carlo_error(s):.1%})".replace("%", "") for s in shares)
    return f"| {row.world} | {row.effect:.2f} | {cells} |\n"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
