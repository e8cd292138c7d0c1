"""Bring providers and resources from a district's files into the library."""

from collections.abc import Iterator

import polars as pl

from trellis.interchange.bundle import DistrictFiles
from trellis.resources.models import Provider, Resource
from trellis.trust.loading import Bringing, Difference, Rows, compare, keys


def differences(files: DistrictFiles, _bringing: Bringing) -> Iterator[Difference]:
    """Compare providers, then resources, with what is stored."""
    if "programs" in files.tables:
        yield _providers(files.tables["programs"])
    if "resources" in files.tables:
        yield _resources(files.tables["resources"])


def known_ids() -> dict[str, set[str]]:
    return {"provider": set(keys(Provider)), "resource": set(keys(Resource))}


def known_tables() -> dict[str, pl.DataFrame]:
    """Return nothing: no check of another file needs rows of this app."""
    return {}


def _providers(programs: pl.DataFrame) -> Difference:
    columns = ("provider_id", "provider_name", "provider_kind")
    return compare(
        Rows(
            kind="providers",
            model=Provider,
            key=("external_id",),
            compared=("name", "kind"),
            rows=programs.select(columns).unique("provider_id", maintain_order=True).rows(),
            label="{name}",
            renames=("name",),
        )
    )


def _resources(resources: pl.DataFrame) -> Difference:
    providers = keys(Provider)
    told = ("title", "kind", "summary", "elements", "grades", "subjects", "minutes")
    more = (pl.col("format", "url", "evidence_source", "license").fill_null(""),)
    rows = [
        (*row[:-1], providers.get(row[-1]), True)
        for row in resources.select(
            "resource_id", *told, *more, "evidence_level", "provider_id"
        ).iter_rows()
    ]
    return compare(
        Rows(
            kind="resources",
            model=Resource,
            key=("external_id",),
            compared=(*told, "format", "url", "evidence_source", "license", "evidence_tier",
                      "provider_id", "is_active"),
            rows=rows,
            leaving="deactivated",
            away={"is_active": False},
            label="{title}",
            renames=("title",),
        )
    )  # fmt: skip
