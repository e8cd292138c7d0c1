"""Bring programs, offers, participation and costs from a district's files."""

from collections.abc import Iterator
from decimal import Decimal

import polars as pl
from django.db.models import Q

from trellis.activities.models import CostItem, Offer, Participation, Program
from trellis.interchange.bundle import DistrictFiles
from trellis.people.models import Person
from trellis.resources.models import Provider
from trellis.trust.loading import Bringing, Difference, Rows, compare, keys

CENT = Decimal("0.01")


def differences(files: DistrictFiles, _bringing: Bringing) -> Iterator[Difference]:
    """Compare programs, their offers, who took part, and their costs with what is stored."""
    tables = files.tables
    if "programs" in tables:
        yield _programs(tables["programs"])
    if "offers" in tables:
        yield _offers(tables["offers"])
    if "participation" in tables:
        yield _participation(tables["participation"])
    if "costs" in tables:
        yield _costs(tables["costs"])


def known_ids() -> dict[str, set[str]]:
    return {"program": set(keys(Program)), "offer": set(keys(Offer))}


def known_tables() -> dict[str, pl.DataFrame]:
    """Return the offers as the file names them: exposure joins on their program and year."""
    known = Offer.objects.values_list("external_id", "program__external_id", "school_year")
    schema = {"offer_id": pl.String, "program_id": pl.String, "school_year": pl.Int64}
    return {"offers": pl.DataFrame(list(known), schema=schema, orient="row")}


def _programs(programs: pl.DataFrame) -> Difference:
    providers = keys(Provider)
    told = ("title", "description", "theory_of_action", "mechanisms", "elements", "evidence_tier")
    source = pl.col("evidence_source").fill_null("")
    rows = [
        (*row[:-1], providers.get(row[-1]), True)
        for row in programs.select("program_id", *told, source, "provider_id").iter_rows()
    ]
    return compare(
        Rows(
            kind="programs",
            model=Program,
            key=("external_id",),
            compared=(*told, "evidence_source", "provider_id", "is_active"),
            rows=rows,
            leaving="deactivated",
            away={"is_active": False},
            label="{title}",
            renames=("title",),
        )
    )


def _offers(offers: pl.DataFrame) -> Difference:
    programs = keys(Program)
    told = ("title", "school_year", "starts_on", "ends_on", "seats", "place", "assignment")
    rows = [
        (*row[:-1], programs.get(row[-1]))
        for row in offers.select("offer_id", *told, "program_id").iter_rows()
    ]
    return compare(
        Rows(
            kind="offers",
            model=Offer,
            key=("external_id",),
            compared=(*told, "program_id"),
            rows=rows,
            label="{title}",
            renames=("title",),
        )
    )


def _participation(participation: pl.DataFrame) -> Difference:
    offers, persons = keys(Offer), keys(Person)
    answers = pl.col("useful", "tried_in_class").fill_null("")
    rows = [
        (offers.get(offer), persons.get(teacher), *rest)
        for offer, teacher, *rest in participation.select(
            "offer_id", "teacher_id", "state", "minutes", answers
        ).iter_rows()
    ]
    named = [offers[o] for o in participation["offer_id"].unique() if o in offers]
    return compare(
        Rows(
            kind="participation",
            model=Participation,
            key=("offer_id", "teacher_id"),
            compared=("state", "minutes", "useful", "tried_in_class"),
            rows=rows,
            within=Q(offer_id__in=named),
            leaving="removed",
        )
    )


def _costs(costs: pl.DataFrame) -> Difference:
    programs = keys(Program)
    columns = ("school_year", "ingredient", "category", "quantity", "unit", "unit_price_usd",
               "price_year", "source")  # fmt: skip
    rows = [
        (
            programs.get(program), year, ingredient, category, _money(quantity), unit,
            _money(price), price_year, source,
        )
        for program, year, ingredient, category, quantity, unit, price, price_year, source in
        costs.select("program_id", *columns).iter_rows()
    ]  # fmt: skip
    years = sorted(set(costs["school_year"].to_list()))
    named = [programs[p] for p in costs["program_id"].unique() if p in programs]
    return compare(
        Rows(
            kind="cost lines",
            model=CostItem,
            key=("program_id", "school_year", "ingredient"),
            compared=columns[2:],
            rows=rows,
            within=Q(program_id__in=named, school_year__in=years),
            leaving="removed",
        )
    )


def _money(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(CENT)
