"""Give tests the demonstration, put the long files first, choose what runs again on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from tests.demonstration import built_once
from tests.interchange import tiny

USES_DATABASE = {"db", "transactional_db", "django_db_setup"}
HERE = Path(__file__).parent
# Where the longest files are: one that came last would leave the other worker idle. The first
# folder builds the demonstration; the second does without it meanwhile.
FIRST = ("torture", "calibration", "evidence", "promises", "journeys")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    if connection.vendor == "sqlite":
        return
    chosen = [item for item in items if _uses_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(HERE).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & USES_DATABASE)


@pytest.fixture
def own_warehouse(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the states that other tests froze out of sight."""
    settings.TRELLIS_WAREHOUSE = tmp_path_factory.mktemp("warehouse")


@pytest.fixture(scope="module", name="brought")
def _brought(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Bring the tiny district once for the tests of a file; return its warehouse."""
    from trellis.web.loaders import bring_in  # late: most tests need no import

    warehouse = tmp_path_factory.mktemp("warehouse")
    with (
        django_db_blocker.unblock(),
        override_settings(TRELLIS_WAREHOUSE=warehouse),
        transaction.atomic(),
    ):
        bring_in([tiny.write_district(tmp_path_factory.mktemp("district"))], apply=True)
        yield warehouse
        transaction.set_rollback(True)


@pytest.fixture
def known_district(
    brought: Path, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Let a test begin with the tiny district in; what it does to it is taken back."""
    copy = tmp_path_factory.mktemp("copy") / "warehouse"
    settings.TRELLIS_WAREHOUSE = shutil.copytree(brought, copy)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The home of the small demonstration district, built once; copy it before you change it."""
    base = tmp_path_factory.getbasetemp()
    return built_once(base if worker_id == "master" else base.parent)
