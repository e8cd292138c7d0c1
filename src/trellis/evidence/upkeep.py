"""Keep the warehouse of the platform in order: look at every file, merge small ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from trellis.evidence import queries
from trellis.evidence.models import Import
from trellis.warehouse.store import DamagedWarehouseError, Warehouse


@dataclass(frozen=True, slots=True)
class State:
    """A state of the warehouse that must be whole: why it is kept, and what is wrong with it."""

    manifest: str
    kept_as: str
    files: int
    damages: tuple[str, ...]


def verified() -> Iterator[State]:
    """Hold every file of the current, the earlier and the frozen states against its hash."""
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    words = dict(zip(queries.kept_manifests(), ("current", "before the last import"), strict=False))
    for name in warehouse.frozen():
        words[name] = f"{words[name]}, frozen for a read-out" if name in words else "frozen"
    for name, kept_as in words.items():
        if name:
            yield _verified(warehouse, name, kept_as)


def orphans() -> list[Path]:
    """Return files that belong to no state; the next import removes them."""
    return Warehouse(settings.TRELLIS_WAREHOUSE).orphans(queries.kept_manifests())


def compact() -> tuple[int, int]:
    """Merge small files of the current state; return the numbers of files before and after.

    The old files stay for who reads them, until the next import sweeps.
    """
    warehouse = Warehouse(settings.TRELLIS_WAREHOUSE)
    with warehouse.alone():
        before = queries.warehouse().manifest
        if not before:
            return 0, 0
        after = warehouse.compact(before)
        with transaction.atomic():
            Import.objects.filter(pk=_last().pk).update(manifest=after)
    return len(_files(warehouse, before)), len(_files(warehouse, after))


def _last() -> Import:
    last = queries.last_applied()
    if last is None:
        raise DamagedWarehouseError("No import is applied any more.")
    return Import.objects.select_for_update().get(pk=last.pk)


def _verified(warehouse: Warehouse, name: str, kept_as: str) -> State:
    try:
        damages = tuple(warehouse.damages(name))
        return State(name, kept_as, len(_files(warehouse, name)), damages)
    except DamagedWarehouseError as error:
        return State(name, kept_as, 0, (str(error),))


def _files(warehouse: Warehouse, name: str) -> list[str]:
    return [part.path for parts in warehouse.manifest(name).tables.values() for part in parts]
