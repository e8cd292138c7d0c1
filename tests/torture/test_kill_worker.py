"""An import that was begun in the browser never hangs, whenever its worker dies."""

import os
import signal
import time
from random import Random

from tests.torture.arena import Arena, wait_for_the_first_write

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
