"""Measure the many-facet model on 48,000 marks beside `mirt` from PyPI, if that is installed.

`pip install mirt` brings a many-facet fit by marginal maximum likelihood. It knows neither lessons
nor a teacher's own elements, and gives no interval for them, so it has less to do.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from trellis.simulate.marks import Drawn, World, draw
from trellis.stats.facets import arrange, fit

WORLD = World(teachers=2_000, visitors=200, elements=8, visits=3)
TIMES = 3  # the least of so many runs: the machine has other things to do


def measure() -> list[tuple[str, ...]]:
    """Return a table of CPU seconds; both read the same marks."""
    drawn = draw(WORLD, np.random.default_rng(1))
    own = _busy(lambda: _by_trellis(drawn))
    rows = [
        ("what", "CPU seconds", "against its peer"),
        (f"marks: {len(drawn.level):,}; Trellis fits them, every interval included", f"{own:.2f}"),
    ]
    if find_spec("mirt") is None:
        return [*rows[:1], (*rows[1], ""), ("mirt is not installed; pip install mirt", "", "")]
    peer = _busy(lambda: _by_mirt(drawn))
    return [rows[0], (*rows[1], f"{own / peer:.2f}"), ("mirt fits them", f"{peer:.2f}", "1")]


def _busy(work: Callable[[], None]) -> float:
    seconds = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def _by_trellis(drawn: Drawn) -> None:
    fit(arrange(drawn.teacher, drawn.lesson, drawn.visitor, drawn.element, drawn.level))


def _by_mirt(drawn: Drawn) -> None:
    import mirt
    from mirt.models.mfrm import Facet, PolytomousMFRM

    shape = (WORLD.teachers, WORLD.visits * WORLD.elements)
    model = PolytomousMFRM(WORLD.elements, 4, [Facet("visitor", len(drawn.severity))])
    found = mirt.fit_mfrm(
        model,
        drawn.level.reshape(shape),
        {"visitor": drawn.visitor.reshape(shape)},
        item_indices=drawn.element.reshape(shape),
    )
    if not found.converged:
        raise RuntimeError("mirt did not converge, so its time says nothing.")
