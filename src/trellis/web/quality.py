"""Say what data there is, how fresh it is, what is missing, and what that keeps from working."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trellis.activities.models import CostItem, Offer, Program
from trellis.coaching.models import Session, VisitNote
from trellis.evidence import queries
from trellis.evidence.models import EvidenceItem, Import, LearningObjective, Source
from trellis.insights.queries import last_computation
from trellis.people.models import Person, Section, Student
from trellis.people.requests import PersonRequest
from trellis.resources.models import Resource
from trellis.trust import clock
from trellis.web.imports import administrator

NO_ADDRESS = "@people.invalid"


@dataclass(frozen=True, slots=True)
class Missing:
    """How many things lack something, and what that keeps from working."""

    count: int
    what: str
    blocks: str


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One kind of data: when it last came in, how much of it there is, and what is missing."""

    kind: str
    last: datetime | None
    rows: int
    missing: tuple[Missing, ...]
    without: str

    @property
    def is_whole(self) -> bool:
        return bool(self.rows) and not self.missing


@require_safe
def data_quality(request: PersonRequest) -> HttpResponse:
    administrator(request)
    page = {"rows": quality_rows(), "run": last_computation()}
    return render(request, "web/data_quality.html", page)


def quality_rows() -> list[QualityRow]:
    """Return one row for each kind of data, in the order in which the rest depends on it."""
    last = _last_imports()
    tables = queries.table_rows()
    return [
        _row("People", last.get("users"), Person.objects.filter(is_active=True).count(), _people(),
             "Nobody can sign in."),
        _row("Classes", last.get("classes"), Section.objects.filter(is_active=True).count(),
             _classes(), "Results and feedback cannot reach a teacher."),
        _row("Students", last.get("enrollments"), Student.objects.filter(is_active=True).count(),
             (), "A class has no next learning."),
        _row("Learning objectives", last.get("learning_objectives"),
             LearningObjective.objects.count(), (), "Results by objective have no names."),
        _row("Results by objective", last.get("results"), tables.get("objective_results", 0), (),
             "Teachers cannot see what their students are ready to learn next."),
        _row("Class feedback", last.get("class_feedback"),
             EvidenceItem.objects.filter(source=Source.CLASS_FEEDBACK).count(), (),
             "Insights rest on visits alone."),
        _row("Visit notes", last.get("visit_notes"), VisitNote.objects.count(), (),
             "Insights rest on class feedback alone."),
        _row("Sessions", last.get("sessions"), Session.objects.count(), (),
             "Time given to coaching cannot be counted."),
        _row("Tests", last.get("assessment_results"), tables.get("assessment_results", 0), (),
             "Reviews cannot use students’ growth as an outcome."),
        _row("Study visits", last.get("study_visits"), tables.get("study_visits", 0), (),
             "Reviews cannot use practice as an outcome."),
        _row("Programs", last.get("programs"), Program.objects.count(), _programs(),
             "There is nothing to offer or to review."),
        _row("Costs", last.get("costs"), CostItem.objects.count(), (),
             "Reviews cannot say what an effect costs."),
        _row("Lotteries", last.get("draws"), tables.get("draws", 0), _lotteries(tables),
             "Reviews have no lottery to compare by."),
        _row("Resources", last.get("resources"), Resource.objects.count(), (),
             "Explore has nothing to offer."),
    ]  # fmt: skip


def _row(
    kind: str, last: datetime | None, rows: int, missing: tuple[Missing, ...], without: str
) -> QualityRow:
    return QualityRow(kind, last, rows, tuple(m for m in missing if m.count), without)


def _last_imports() -> dict[str, datetime]:
    """Return when each kind of file was last applied, by the stem of its name."""
    applied = Import.objects.filter(state=Import.State.APPLIED).order_by("finished_at")
    found: dict[str, datetime] = {}
    for files, at in applied.values_list("files", "finished_at"):
        found |= {PurePath(file["name"]).stem: at for file in files if at}
    return found


def _people() -> tuple[Missing, ...]:
    active = Person.objects.filter(is_active=True)
    return (
        Missing(active.filter(email__endswith=NO_ADDRESS).count(), "Without an e-mail address",
                "They cannot sign in or be told of an invitation."),
        Missing(active.filter(role_grants=None).count(), "Without a role",
                "They see nothing after signing in."),
    )  # fmt: skip


def _classes() -> tuple[Missing, ...]:
    this_year = Section.objects.filter(
        is_active=True, school_year=clock.school_year(clock.today())
    ).annotate(teachers_of=Count("teachings", distinct=True))
    return (
        Missing(this_year.filter(teachers_of=0).count(), "This year, without a teacher",
                "Their feedback and results reach nobody."),
        Missing(this_year.filter(enrollments=None).count(), "This year, without students",
                "They have no results."),
    )  # fmt: skip


def _programs() -> tuple[Missing, ...]:
    programs = Program.objects.filter(is_active=True)
    return (
        Missing(programs.filter(cost_items=None).count(), "Without costs",
                "Their reviews cannot say what an effect costs."),
        Missing(programs.filter(offers=None).count(), "Never offered",
                "They have no participation to review."),
    )  # fmt: skip


def _lotteries(tables: dict[str, int]) -> tuple[Missing, ...]:
    if tables.get("draws", 0):
        return ()
    offers = Offer.objects.filter(assignment="lottery").count()
    return (
        Missing(offers, "Offers by lottery whose record is not here",
                "Their comparison cannot be checked."),
    )  # fmt: skip
