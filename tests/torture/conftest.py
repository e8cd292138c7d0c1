"""Prepare one arena for all tests that kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture import arena
from tests.torture.arena import Arena
from tests.torture.database import database_for


@pytest.fixture(scope="package")
def ready(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = tmp_path_factory.mktemp("arena")
    with database_for(folder) as database:
        yield arena.prepare(demonstration / "demo" / "district", folder, database)
