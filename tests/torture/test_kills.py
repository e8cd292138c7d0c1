"""`kill -9` in the middle of an import: the old state or the new one, never between; nothing hangs.

`make test` kills once with each aim, `make torture` a hundred times and prints the table of the
reference. All in one file: to prepare the arena takes as long as two kills.
"""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from tests.torture.arena import AIMS, PHASES, Arena, Killed, wait_for_the_first_write

KILLS = int(os.environ.get("TRELLIS_TORTURE", len(AIMS)))
SEED = 20260311

# What the browser begins and its worker does, by their own functions.
BEGIN = """
from pathlib import Path
from trellis.evidence import imports
from trellis.web import tasks
files = [(path.name, path.open("rb")) for path in sorted(Path("{folder}").iterdir())]
brought = imports.receive(files, by=None)
tasks.check_import.enqueue(str(brought.pk))
print(brought.pk)
"""
APPLY = """
from trellis.evidence import imports
from trellis.evidence.models import Import
from trellis.web import tasks
brought = Import.objects.get(pk="{pk}")
assert imports.begin_applying(brought), brought.state
tasks.apply_import.enqueue(str(brought.pk))
"""
STATE = """
from trellis.evidence.models import Import
brought = Import.objects.get(pk="{pk}")
print(brought.state, [said["code"] for said in brought.problems if said["code"] == "cut_off"])
"""


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


def kill_a_worker(ready: Arena, *, after: float) -> None:
    process = ready.start_worker()
    wait_for_the_first_write(ready.home, process)
    time.sleep(after)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    ready.database.rest()


def test_an_import_whose_worker_died_is_ready_to_be_applied_again(ready: Arena) -> None:
    ready.restore()
    pk = ready.in_trellis(BEGIN.format(folder=ready.newer))
    assert ready.start_worker().wait() == 0
    ready.in_trellis(APPLY.format(pk=pk))
    kill_a_worker(ready, after=Random(7).uniform(0.1, 0.6) * ready.seconds)
    assert ready.in_trellis(STATE.format(pk=pk)) == "applying []"
    assert ready.state() == "old"

    told = ready.run(("doctor",))

    assert "1 cut off while it was applied: nothing changed, apply it again" in told
    assert ready.in_trellis(STATE.format(pk=pk)) == "previewed ['cut_off']"
    ready.in_trellis(APPLY.format(pk=pk))
    assert ready.start_worker().wait() == 0
    assert ready.state() == "new"


def test_an_import_whose_check_was_cut_off_ends_and_says_to_bring_the_files_again(
    ready: Arena,
) -> None:
    ready.restore()
    pk = ready.in_trellis(BEGIN.format(folder=ready.newer))
    kill_a_worker(ready, after=0)
    for path in (ready.home / "uploads" / pk, *(ready.home / "uploads" / pk).iterdir()):
        os.utime(path, (0, 0))  # nothing has arrived for a while

    told = ready.run(("doctor",))

    assert "1 cut off while its files were read: ended, nothing changed" in told
    assert ready.in_trellis(STATE.format(pk=pk)).startswith("refused")
    assert not (ready.home / "uploads" / pk).exists()
    assert ready.state() == "old"
