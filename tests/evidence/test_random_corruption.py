"""Whatever happens to a file on its way, an import is applied whole or not at all."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.evidence.test_imports import counts
from tests.interchange import tiny
from tests.interchange.test_random_corruption import NAMES, corrupt
from trellis.evidence import imports, queries
from trellis.evidence.models import Import
from trellis.trust import clock
from trellis.web.loaders import LOADERS


class RandomCorruption(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @example(name="staff.csv", seed=73)  # a teacher's year is lost; what is left is sound
    @given(name=st.sampled_from(NAMES), seed=st.integers(0, 10_000_000))
    def test_a_corrupted_district_is_applied_whole_or_not_at_all(
        self, name: str, seed: int
    ) -> None:
        with TemporaryDirectory() as folder:
            tiny.write_district(Path(folder))
            file = Path(folder) / name
            file.write_bytes(corrupt(file.read_bytes(), seed))
            brought = Import.objects.create(received_at=clock.now())

            checked = imports.check(brought, [Path(folder)], LOADERS)
            before = queries.warehouse().manifest
            if checked.files.sound and not checked.applied_before:
                imports.apply(checked, LOADERS, by=None)

        if brought.state == Import.State.APPLIED:
            assert queries.warehouse().manifest == brought.manifest
            applied = sum(change["added"] for change in brought.changes.values())
            assert sum(counts().values()) == applied
        else:
            assert brought.state in (Import.State.REFUSED, Import.State.PREVIEWED)
            assert set(counts().values()) == {0}
            assert queries.warehouse().manifest == before
