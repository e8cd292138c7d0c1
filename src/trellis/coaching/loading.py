"""Bring partnerships, sessions and visits from a district's files.

Countable facts go to the ledger tables; what was seen is content of the partnership, and becomes
evidence that its teacher owns. A file brings visits that were held, so both had agreed to them.
"""

from collections.abc import Iterator
from datetime import date, datetime, time

import polars as pl
from django.utils import timezone

from trellis.coaching.models import Partnership, Session, Visit, VisitNote
from trellis.evidence.loading import Seen, visits_seen
from trellis.interchange.bundle import DistrictFiles
from trellis.interchange.district import LEVELS
from trellis.people.models import Person, Section
from trellis.trust.loading import Bringing, Difference, Rows, compare, keys


def differences(files: DistrictFiles, bringing: Bringing) -> Iterator[Difference]:
    """Compare partnerships, sessions, visits and their notes with what is stored."""
    tables = files.tables
    if "partnerships" in tables:
        yield _partnerships(tables["partnerships"], bringing.at.date())
    if "sessions" in tables:
        yield _sessions(tables["sessions"])
    if "visit_notes" in tables:
        yield _visits(tables["visit_notes"])
        yield _notes(tables["visit_notes"])
        yield _seen(files, bringing)


def known_ids() -> dict[str, set[str]]:
    return {"partnership": set(keys(Partnership))}


def known_tables() -> dict[str, pl.DataFrame]:
    """Return the partnerships as the file names them: evaluators are kept out of them."""
    columns = ("external_id", "teacher__external_id", "partner__external_id", "kind", "started_on",
               "ended_on", "program_external_id")  # fmt: skip
    known = Partnership.objects.exclude(started_on=None).values_list(*columns)
    schema = {"partnership_id": pl.String, "teacher_id": pl.String, "partner_id": pl.String,
              "kind": pl.String, "started_on": pl.Date, "ended_on": pl.Date,
              "program_id": pl.String}  # fmt: skip
    return {"partnerships": pl.DataFrame(list(known), schema=schema, orient="row")}


def _partnerships(partnerships: pl.DataFrame, today: date) -> Difference:
    persons = keys(Person)
    rows = []
    for external, teacher, partner, kind, started, ended, focus, program in partnerships.select(
        "partnership_id", "teacher_id", "partner_id", "kind", "started_on", "ended_on",
        pl.col("focus_element", "program_id").fill_null(""),
    ).iter_rows():  # fmt: skip
        over = ended is not None and ended < today
        state = Partnership.State.ENDED if over else Partnership.State.ACTIVE
        rows.append(
            (external, persons.get(teacher), persons.get(partner), kind, state.value, focus,
             program, started, ended)
        )  # fmt: skip
    return compare(
        Rows(
            kind="partnerships",
            model=Partnership,
            key=("external_id",),
            compared=("teacher_id", "partner_id", "kind", "state", "focus_element",
                      "program_external_id", "started_on", "ended_on"),
            rows=rows,
        )
    )  # fmt: skip


def _sessions(sessions: pl.DataFrame) -> Difference:
    partnerships = keys(Partnership)
    logged = dict(Session.objects.values_list("external_id", "logged_at"))
    columns = (
        "session_id", "partnership_id", "held_on", "starts_at", "minutes", "mode", "moves", "state"
    )  # fmt: skip
    rows = [
        (
            external,
            partnerships.get(pair),
            held,
            at,
            minutes,
            mode,
            moves,
            # What a partner logged in Trellis stays logged, whatever an older file says.
            logged.get(external) or (_morning(held) if state == "held" else None),
        )
        for external, pair, held, at, minutes, mode, moves, state in sessions.select(
            columns
        ).iter_rows()
    ]
    return compare(
        Rows(
            kind="sessions",
            model=Session,
            key=("external_id",),
            compared=(
                "partnership_id",
                "held_on",
                "starts_at",
                "minutes",
                "mode",
                "moves",
                "logged_at",
            ),
            rows=rows,
        )
    )


def _visits(notes: pl.DataFrame) -> Difference:
    partnerships, sections = keys(Partnership), keys(Section)
    visits = notes.unique("visit_id", keep="first", maintain_order=True).select(
        "visit_id", "partnership_id", "visited_on", "section_id", "reason"
    )
    rows = [
        (
            external, partnerships.get(partnership), held, sections.get(section or ""), reason,
            Visit.State.DONE.value, _morning(held), _morning(held), _morning(held),
        )
        for external, partnership, held, section, reason in visits.iter_rows()
    ]  # fmt: skip
    return compare(
        Rows(
            kind="visits",
            model=Visit,
            key=("external_id",),
            compared=("partnership_id", "held_on", "section_id", "reason"),
            written=("state", "planned_for", "accepted_at", "shared_at"),
            rows=rows,
        )
    )


def _notes(notes: pl.DataFrame) -> Difference:
    visits = keys(Visit)
    rows = [
        (visits.get(visit), element, LEVELS.index(level), text or "")
        for visit, element, level, text in notes.select(
            "visit_id", "element", "level", "noticing"
        ).iter_rows()
    ]
    return compare(
        Rows(
            kind="visit notes",
            model=VisitNote,
            key=("visit_id", "element"),
            compared=("level", "text"),
            rows=rows,
        )
    )


def _seen(files: DistrictFiles, bringing: Bringing) -> Difference:
    pairs = _pairs(files)
    seen = [
        Seen(visit, *pairs[partnership], section, day, reason, element, LEVELS.index(level),
             text or "", row)
        for visit, partnership, day, section, reason, element, level, text, row in
        files.tables["visit_notes"].select(
            "visit_id", "partnership_id", "visited_on", "section_id", "reason", "element", "level",
            "noticing", "row",
        ).iter_rows()
    ]  # fmt: skip
    return visits_seen(seen, file=files.sources["visit_notes"], bringing=bringing)


def _pairs(files: DistrictFiles) -> dict[str, tuple[str, str]]:
    """Return teacher and partner of each partnership: as stored, then as the files say."""
    names = ("external_id", "teacher__external_id", "partner__external_id")
    pairs = {str(e): (str(t), str(p)) for e, t, p in Partnership.objects.values_list(*names)}
    if "partnerships" in files.tables:
        said = files.tables["partnerships"].select("partnership_id", "teacher_id", "partner_id")
        pairs |= {external: (teacher, partner) for external, teacher, partner in said.iter_rows()}
    return pairs


def _morning(day: date) -> datetime:
    """Place a day whose hour is not known at its begin, in the district's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
