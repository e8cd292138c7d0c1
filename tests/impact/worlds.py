"""Bring a small district's warehouse into being: a lottery, a roll-out, and their outcomes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from django.conf import settings

from tests.cast import a_person
from trellis.activities.models import Offer, Participation, Program
from trellis.evidence.models import Import
from trellis.impact.models import ProgramReview
from trellis.impact.registration import fingerprint, plan_of
from trellis.interchange.registrations import Registration
from trellis.people.models import Person
from trellis.resources.models import Provider
from trellis.trust import clock
from trellis.warehouse.store import Warehouse
from trellis.warehouse.tables import TABLES

YEARS = (2023, 2024, 2025, 2026)
Rows = Sequence[tuple[object, ...]]


def a_program(key: str = "content-coaching", provider: str = "alder-valley") -> Program:
    owner, _ = Provider.objects.get_or_create(
        external_id=provider, defaults={"name": provider.title(), "kind": "commercial"}
    )
    return Program.objects.get_or_create(
        external_id=key, defaults={"title": key.replace("-", " ").capitalize(), "provider": owner}
    )[0]


def an_offer(program: Program, year: int = 2026, assignment: str = "lottery") -> Offer:
    return Offer.objects.get_or_create(
        external_id=f"{program.external_id}-{year}",
        defaults={
            "program": program,
            "title": program.title,
            "school_year": year,
            "starts_on": date(year - 1, 10, 1),
            "ends_on": date(year, 5, 29),
            "place": "in person",
            "assignment": assignment,
        },
    )[0]


def took_part(teacher: Person, program: Program, year: int = 2026) -> Participation:
    return Participation.objects.get_or_create(
        offer=an_offer(program, year), teacher=teacher, defaults={"state": "attended"}
    )[0]


def a_plan(
    program: str = "content-coaching", design: str = "lottery", **more: object
) -> Registration:
    said: dict[str, object] = {
        "review_id": f"review-{program}",
        "program_id": program,
        "question": "Did the offer change practice?",
        "registered_on": "2023-08-21",
        "registered_by": "gus",
        "design": design,
        "unit": "school" if design == "staggered" else "teacher",
        "primary_outcome": "practice",
        "outcome_years": [2024, 2025, 2026],
        "baseline_year": 2023,
        "smallest_effect": 0.15,
        "decision_rule": "Continue if it helps.",
    }
    return Registration.model_validate(said | more)


def a_review(plan: Registration | None = None, provider: str = "alder-valley") -> ProgramReview:
    plan = plan or a_plan()
    said = plan_of(plan)
    return ProgramReview.objects.create(
        external_id=plan.review_id,
        program=a_program(plan.program_id, provider),
        registered_by=a_person("Gus", "Hale"),
        registered_at=clock.now(),
        registration=said,
        registration_hash=fingerprint(said),
    )


def a_warehouse(tables: dict[str, pl.DataFrame]) -> str:
    """Make the tables the current state of the warehouse; return its manifest."""
    manifest = Warehouse(settings.TRELLIS_WAREHOUSE).write(tables)
    Import.objects.create(
        state=Import.State.APPLIED,
        received_at=clock.now(),
        finished_at=clock.now(),
        manifest=manifest,
    )
    return manifest


def lottery_tables(
    effect: float = 0.9, seed: int = 1, schools: int = 6, per_school: int = 12
) -> dict[str, pl.DataFrame]:
    """One fall draw within schools before 2026; levels 0 to 3 on two elements, two visits a year.

    `effect` is in levels; teachers differ by about half a level.
    """
    rng = np.random.default_rng(seed)
    draws: list[tuple[object, ...]] = []
    visits: list[tuple[object, ...]] = []
    part: list[tuple[object, ...]] = []
    for school in range(schools):
        lucky = set(rng.permutation(per_school)[: per_school // 2].tolist())
        for i in range(per_school):
            teacher, drawn = f"t{school}-{i:02d}", i in lucky
            draws.append(
                ("content-coaching-2026", "content-coaching", 2026, teacher, f"s{school}", 0.5,
                 drawn, 7, datetime(2025, 9, 24, 15, tzinfo=UTC).replace(tzinfo=None))
            )  # fmt: skip
            if drawn:
                part.append(
                    ("content-coaching-2026", "content-coaching", 2026, teacher, "attended", 600,
                     "yes", "yes" if i % 2 else "partly")
                )  # fmt: skip
            level = 1.2 + rng.normal(0, 0.5)
            for year in (2025, 2026):
                visits += _visits(rng, teacher, year, level + effect * drawn * (year == 2026))
    costs = [
        ("content-coaching", 2026, "Coach", "staff", 400.0, "hours", 86.0, 2025, "payroll"),
        ("content-coaching", 2026, "Time", "teacher time", 360.0, "hours", 54.0, 2025, "payroll"),
    ]  # fmt: skip
    return {
        "draws": frame("draws", draws),
        "study_visits": frame("study_visits", visits),
        "participation": frame("participation", part),
        "costs": frame("costs", costs),
        "consents": frame(
            "consents", [(t, "study visits", date(2025, 8, 1), None) for t in _names(draws)]
        ),
    }


def rollout_tables(
    starts: Sequence[int] = (2025, 2025, 2025, 2026, 2026, 0, 0, 0, 0, 0),
    effect: float = 0.0,
    seed: int = 2,
    own_marks: float = 0.0,
) -> dict[str, pl.DataFrame]:
    """Schools that start in turn; `own_marks` adds the deliverer's own visits, that much higher."""
    rng = np.random.default_rng(seed)
    visits: list[tuple[object, ...]] = []
    staff: list[tuple[object, ...]] = []
    for school, start in enumerate(starts):
        for i in range(8):
            teacher, level = f"t{school}-{i:02d}", 1.4 + rng.normal(0, 0.5)
            for year in YEARS:
                now = level + effect * (0 < start <= year) + rng.normal(0, 0.1)
                visits += _visits(rng, teacher, year, now)
                if own_marks and 0 < start <= year:
                    visits += _visits(rng, teacher, year, now + own_marks, by="northstar-literacy")
                if year > YEARS[0]:
                    staff.append((teacher, f"s{school}", year, 9, "", "", "stayed"))
    rollouts = [
        ("northstar-literacy", f"s{n}", date(y - 1, 9, 8) if y else None)
        for n, y in enumerate(starts)
    ]
    return {
        "study_visits": frame("study_visits", visits),
        "rollouts": frame("rollouts", rollouts),
        "staff_moves": frame("staff_moves", staff),
        "consents": frame(
            "consents",
            [(t, "study visits", date(2022, 8, 1), None) for t in sorted({s[0] for s in staff})],  # type: ignore[type-var]  # names are text
        ),
    }


def frame(table: str, rows: Rows) -> pl.DataFrame:
    """Return rows of a table, with where they came from."""
    schema = TABLES[table].schema
    return pl.DataFrame([(*row, "i", "f", 1) for row in rows], schema=schema, orient="row")


def _visits(
    rng: np.random.Generator, teacher: str, year: int, level: float, by: str = ""
) -> list[tuple[object, ...]]:
    return [
        (
            f"{teacher}-{year}-{n}-{by}", date(year, 2, 3 + n), year, teacher, f"v{n}",
            "deliverer" if by else "trained visitor", by or None, element,
            int(np.clip(round(level + rng.normal(0, 0.6)), 0, 3)),
        )
        for n in range(2)
        for element in ("instruction.thinking", "content.tasks", "instruction.checks")
    ]  # fmt: skip


def _names(draws: Rows) -> list[str]:
    return [str(d[3]) for d in draws]
