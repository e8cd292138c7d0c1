"""Say what data there is, how fresh it is, what is missing, what that blocks, and who mends it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trellis.activities.models import CostItem, Program
from trellis.coaching.models import Session, VisitNote
from trellis.evidence import queries
from trellis.evidence.freshness import Freshness, freshness
from trellis.evidence.models import EvidenceItem, LearningObjective, Source
from trellis.evidence.provenance import BroughtFile, all_files
from trellis.insights import upkeep
from trellis.insights.queries import last_computation
from trellis.people.models import Person, Section, Student
from trellis.people.requests import PersonRequest
from trellis.resources.models import Resource
from trellis.trust import clock
from trellis.web.imports import administrator
from trellis.web.missing import Lack, by_school, lacks

# A run that is still going after this was ended with its program.
LONGEST_RUN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of data: how much there is, how fresh it is, and what fails without it."""

    kind: str
    rows: int
    fresh: Freshness
    import_id: UUID | None
    newest: date | None
    without: str

    @property
    def is_there(self) -> bool:
        return bool(self.rows)


@require_safe
def data_quality(request: PersonRequest) -> HttpResponse:
    administrator(request)
    from trellis.evidence.coverage import terms  # late: it reads polars

    today = clock.today()
    rows, found, run = kinds(today), lacks(today), last_computation()
    page = {
        "rows": rows,
        "lacks": found,
        "summary": _summary(rows, found),
        "terms": terms(clock.school_year(today), today),
        "schools": by_school(today),
        "rules": upkeep.rules(),
        "run": run,
        "run_stands_still": bool(run and run.started_at < clock.now() - LONGEST_RUN),
    }
    return render(request, "web/data_quality.html", page)


# Kind of data -> the kind of file that brings it, and what fails without it.
KINDS = {
    "People": ("users", "Nobody can sign in."),
    "Classes": ("classes", "Results and feedback cannot reach a teacher."),
    "Students": ("enrollments", "A class has no next learning."),
    "Learning objectives": ("learning_objectives", "Results by objective have no names."),
    "Results by objective": ("results", "Teachers cannot see what students are ready to learn."),
    "Class feedback": ("class_feedback", "Insights rest on visits alone."),
    "Visit notes": ("visit_notes", "Insights rest on class feedback alone."),
    "Sessions": ("sessions", "Time given to coaching cannot be counted."),
    "Tests": ("assessment_results", "Reviews cannot use students’ growth as an outcome."),
    "Study visits": ("study_visits", "Reviews cannot use practice as an outcome."),
    "Programs": ("programs", "There is nothing to offer or to review."),
    "Costs": ("costs", "Reviews cannot say what an effect costs."),
    "Lotteries": ("draws", "Reviews have no lottery to compare by."),
    "Resources": ("resources", "Explore has nothing to offer."),
}


def kinds(today: date) -> list[KindRow]:
    """Return one row for each kind of data, in the order in which the rest depends on it."""
    brought, counts, newest = all_files(), _counts(), _newest()
    return [
        _row(kind, brought.get(file, ()), counts[kind], newest.get(kind), without, today)
        for kind, (file, without) in KINDS.items()
    ]


def _row(
    kind: str, files: tuple[BroughtFile, ...], rows: int, newest: date | None, without: str,
    today: date,
) -> KindRow:  # fmt: skip
    days = [clock.local(file.at).date() for file in files]
    import_id = files[-1].import_id if files else None
    return KindRow(kind, rows, freshness(days, today), import_id, newest, without)


def _counts() -> dict[str, int]:
    tables = queries.table_rows()
    return {
        "People": Person.objects.filter(is_active=True).count(),
        "Classes": Section.objects.filter(is_active=True).count(),
        "Students": Student.objects.filter(is_active=True).count(),
        "Learning objectives": LearningObjective.objects.count(),
        "Results by objective": tables.get("objective_results", 0),
        "Class feedback": EvidenceItem.objects.filter(source=Source.CLASS_FEEDBACK).count(),
        "Visit notes": VisitNote.objects.count(),
        "Sessions": Session.objects.count(),
        "Tests": tables.get("assessment_results", 0),
        "Study visits": tables.get("study_visits", 0),
        "Programs": Program.objects.count(),
        "Costs": CostItem.objects.count(),
        "Lotteries": tables.get("draws", 0),
        "Resources": Resource.objects.count(),
    }


def _newest() -> dict[str, date | None]:
    """Return the newest day that the rows themselves speak of: a new file may hold old rows."""
    evidence = EvidenceItem.objects.filter(brought_by__isnull=False).order_by()
    seen = dict(evidence.values_list("source").annotate(last=Max("seen_on")))
    held = Session.objects.filter(logged_at__isnull=False).aggregate(last=Max("held_on"))
    return {
        "Class feedback": seen.get(Source.CLASS_FEEDBACK.value),
        "Visit notes": seen.get(Source.VISIT.value),
        "Sessions": held["last"],
    }


def _summary(rows: list[KindRow], found: list[Lack]) -> str:
    """Say in a sentence how things stand; what was not looked at is not called well."""
    never = sum(not row.is_there for row in rows)
    old = sum(row.fresh.is_old for row in rows)
    said = [
        f"{number} {one if number == 1 else many}"
        for number, one, many in (
            (len(found), "thing to mend", "things to mend"),
            (never, "kind of data that never came", "kinds of data that never came"),
            (old, "that is older than usual", "that are older than usual"),
        )
        if number
    ]
    return "; ".join(said) + "." if said else "Nothing to mend in what Trellis looks at."
