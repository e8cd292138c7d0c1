"""Find what is missing or leads nowhere: how many, what it blocks, who can mend it, and how.

Counts are of the whole district or of a school; a school with few teachers is not told apart, for
a count there would be about one of them.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from trellis.activities.models import Offer, Program
from trellis.evidence import queries
from trellis.evidence.models import EvidenceItem, Source
from trellis.insights.models import ClassLearning
from trellis.people.models import (
    Enrollment,
    Person,
    Role,
    RoleGrant,
    School,
    Section,
    Student,
    Teaching,
)
from trellis.people.queries import open_on
from trellis.trust import clock
from trellis.trust.suppression import TEACHERS

# What an import writes where a roster names no address.
NO_ADDRESS = "@people.invalid"
ROSTER = "Whoever keeps the roster"
RESULTS = "Whoever sends the results"
YOU = "You"
OFFICE = "The office for professional development"


@dataclass(frozen=True, slots=True)
class Lack:
    """Things that lack something: what it blocks, who can mend it, and how.

    Attributes
    ----------
    page : the name of the address where the one who reads can go on.
    """

    count: int
    what: str
    blocks: str
    who: str
    how: str
    page: str = "web:imports"


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school's classes of this year, and how many have results and feedback."""

    name: str
    teachers: int
    classes: int
    with_results: int
    with_feedback: int

    @property
    def is_shown(self) -> bool:
        return self.teachers >= TEACHERS


def lacks(today: date) -> list[Lack]:
    """Return everything that is missing, what blocks most first."""
    year = clock.school_year(today)
    found = (*_people(today, year), *_classes(year), *_students(year), *_programs())
    return [lack for lack in found if lack.count]


def _people(today: date, year: int) -> tuple[Lack, ...]:
    active = Person.objects.filter(is_active=True)
    teaches = Teaching.objects.filter(person=OuterRef("person"), section__school_year=year)
    teachers = RoleGrant.objects.filter(open_on(today), role=Role.TEACHER, person__is_active=True)
    return (
        Lack(active.filter(email__endswith=NO_ADDRESS).count(),
             "people without an e-mail address",
             "They cannot sign in or be told of an invitation.",
             ROSTER, "Fill in the column email of users.csv, and bring the bundle again."),
        Lack(active.filter(role_grants=None).count(), "people without a role",
             "They see nothing after signing in.",
             YOU, "Open a role for each, or bring role_grants.csv.", "people:people"),
        Lack(teachers.filter(~Exists(teaches)).values("person").distinct().count(),
             "teachers without a class this year",
             "No feedback and no results reach them.",
             ROSTER, "Add them to enrollments.csv with the role teacher."),
    )  # fmt: skip


def _classes(year: int) -> tuple[Lack, ...]:
    this_year = Section.objects.filter(is_active=True, school_year=year)
    return (
        Lack(_without(this_year, Teaching), "classes of this year without a teacher",
             "Their feedback and results reach nobody.",
             ROSTER, "Add the teacher of each to enrollments.csv."),
        Lack(_without(this_year, Enrollment), "classes of this year without students",
             "They have no results.",
             ROSTER, "Add the students to enrollments.csv, or leave the class out of classes.csv."),
    )  # fmt: skip


def _without(sections: QuerySet[Section], model: type[Teaching] | type[Enrollment]) -> int:
    of_it = model._default_manager.filter(section=OuterRef("pk"))
    return sections.filter(~Exists(of_it)).count()


def _students(year: int) -> tuple[Lack, ...]:
    from trellis.evidence.coverage import unlinked  # late: it reads polars

    # Taken as one set: asked student by student, a large district waits a second for it.
    seated = Enrollment.objects.filter(section__school_year=year).values("student")
    lost = unlinked(year)
    return (
        Lack(Student.objects.filter(is_active=True).exclude(pk__in=seated).count(),
             "students without a class this year",
             "Their results count for no class.",
             ROSTER, "Add them to enrollments.csv, or take those who left out of users.csv."),
        Lack(lost.students, "students with tests and no class this year",
             "Their tests count in reviews and for no class.",
             ROSTER, "Add them to enrollments.csv."),
        Lack(lost.results, "results of objectives that nobody brought",
             "Teachers cannot read what these results are about.",
             RESULTS, "Bring the package of objectives (learning_objectives.json) they refer to."),
    )  # fmt: skip


def _programs() -> tuple[Lack, ...]:
    programs = Program.objects.filter(is_active=True)
    drawn = queries.table_rows().get("draws", 0)
    lotteries = 0 if drawn else Offer.objects.filter(assignment="lottery").count()
    return (
        Lack(programs.filter(cost_items=None).count(), "programs without costs",
             "Their reviews cannot say what an effect costs.",
             OFFICE, "Bring costs.csv with a line for each ingredient."),
        Lack(programs.filter(offers=None).count(), "programs that were never offered",
             "They have no participation to review.",
             OFFICE, "Bring offers.csv and participation.csv, or leave them as an idea."),
        Lack(lotteries, "offers by lottery whose record is not here",
             "Their comparison cannot be checked.",
             OFFICE, "Bring draws.csv, one line a teacher."),
    )  # fmt: skip


def by_school(today: date) -> list[SchoolRow]:
    """Return for each school how many of this year's classes have results and feedback."""
    year = clock.school_year(today)
    learning = ClassLearning.objects.filter(section=OuterRef("pk"))
    # What its owner withdrew still came in: a withdrawal must not show in a count.
    feedback = EvidenceItem.objects.filter(section=OuterRef("pk"), source=Source.CLASS_FEEDBACK)
    counted = (
        Section.objects.filter(school_year=year, is_active=True)
        .annotate(has_results=Exists(learning), has_feedback=Exists(feedback))
        .values("school").order_by()
        .annotate(
            classes=Count("pk"), results=Count("pk", filter=Q(has_results=True)),
            feedback=Count("pk", filter=Q(has_feedback=True)),
        )
    )  # fmt: skip
    teachers = dict(
        Teaching.objects.filter(section__school_year=year, section__is_active=True)
        .values_list("section__school").order_by().annotate(Count("person", distinct=True))
    )  # fmt: skip
    names = dict(School.objects.filter(is_active=True).values_list("pk", "name"))
    rows = [
        SchoolRow(names[row["school"]], teachers.get(row["school"], 0), row["classes"],
                  row["results"], row["feedback"])
        for row in counted
        if row["school"] in names
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.name)
