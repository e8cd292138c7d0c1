"""`kill -9` in the middle of an import: the old state or the new one, never between.

`make test` kills five times, `make torture` a hundred times and prints the table of the reference.
"""

import os
import sys
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from tests.torture.arena import AIMS, PHASES, Arena, Killed

KILLS = int(os.environ.get("TRELLIS_TORTURE", "5"))
SEED = 20260311


def test_a_killed_import_leaves_the_old_state_or_the_new_one_and_nothing_to_mend(
    ready: Arena, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = Random(SEED)
    killed: list[Killed] = []
    for number in range(KILLS):
        killed.append(ready.kill_an_import(rng, AIMS[number % len(AIMS)]))
        assert killed[-1].state in {"old", "new"}
        ready.run(("doctor", "--deep"), ("import", str(ready.newer)))
        assert ready.state() == "new"
        # The state before stays, so that the import can be undone; nothing else does.
        assert len(list(ready.home.glob("warehouse/manifests/*"))) == 2
        assert not list(ready.home.glob("warehouse/.aside-*"))

    with capsys.disabled():
        sys.stdout.write(f"\nOn {ready.database.name}:\n{table(killed)}\n")


def table(killed: Sequence[Killed]) -> str:
    """Say how often each moment was hit, and what was left."""
    lines = [
        "| killed while | kills | old state | new state | between | doctor finds | next import |",
        "|---|---|---|---|---|---|---|",
    ]
    for phase in PHASES:
        left = Counter(one.state for one in killed if one.phase == phase)
        kills = left.total()
        lines.append(
            f"| {phase} | {kills} | {left['old']} | {left['new']} | {left['between']} "
            f"| {'nothing' if kills else ''} | {'works' if kills else ''} |"
        )
    return "\n".join(lines)
