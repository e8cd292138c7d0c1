"""Prepare one arena for all tests that kill."""

from pathlib import Path

import pytest

from tests.torture import arena
from tests.torture.arena import Arena


@pytest.fixture(scope="package")
def ready(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Arena:
    return arena.prepare(demonstration / "demo" / "district", tmp_path_factory.mktemp("arena"))
