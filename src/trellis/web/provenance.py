"""Say below each page with numbers where they come from: files, imports, and how they are made.

Aggregates name files, imports and counts of rows, never a row about a person; what is told of a
single piece of evidence stands beside the piece, on its owner's own page.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from trellis.evidence.provenance import BroughtFile, files_of
from trellis.people.models import Person, Role
from trellis.people.queries import has_role


@dataclass(frozen=True, slots=True)
class Rests:
    """What a page's numbers rest on: kinds of files, what is written in Trellis, and how."""

    how: str
    kinds: tuple[str, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the fold at the end of a page says to one reader."""

    page: str
    how: str
    written: str
    files: tuple[BroughtFile, ...]
    opens_imports: bool  # only who administers follows the link; others read the words

    @property
    def nothing_brought(self) -> bool:
        return not self.files and not self.written


CONTACTS = ("partnerships", "sessions", "visit_notes")
BY_THE_PARTNERS = (
    "Sessions, visits and notes that two partners write in Trellis, each with its day and who "
    "wrote it; they stand in the partnership, for the two alone."
)
BY_HERSELF = (
    "Goals, measures, counts and steps that a teacher writes in Trellis, each with its day, in "
    "her own plan."
)
EVIDENCE = Rests(
    "Each piece of evidence is one dated look, with the file and row that brought it or the day "
    "it was written. Insights weigh all pieces that are not withdrawn; leaving one out gives "
    "exactly the result of never having had it.",
    ("visit_notes", "class_feedback", "learning_objectives", "results"),
    "Notes of visits that you accepted, your own readings, and talk of lessons that you let "
    "count: by the partner or by you.",
)
TALK = Rests(
    "Words, turns, times and questions are counted in one lesson’s transcript by stated rules; a "
    "range says how far a lesson of the same kind of talk would lie from it.",
    (),
    "A transcript that you bring. It is read while the page is made, and never stored.",
)
CLASSES = Rests(
    "Items right of items answered, for each student and objective, taken together for the class "
    "with an interval that holds the truth 8 times in 10. Growth compares a student’s newest test "
    "with those of students who had the same earlier results. Both from ten students on.",
    ("results", "lineItemLearningObjectiveIds", "learning_objectives", "assessment_results",
     "enrollments"),
)  # fmt: skip
PLAN = Rests(
    "Counts are shown as they were written down; nothing is computed but the time between them.",
    (),
    BY_HERSELF,
)
TIME = Rests(
    "Minutes and days are added up from what the two partners wrote or the district brought; each "
    "contact counts once.",
    CONTACTS,
    BY_THE_PARTNERS,
)
PROGRAMS = Rests(
    "Places, minutes and costs are added up from the rows of the files; costs are quantity times "
    "unit price, in the dollars of the year that the file names.",
    ("programs", "offers", "participation", "costs"),
)
REVIEWS = Rests(
    "Each review is computed from a frozen copy of the data by the plan that was registered "
    "before; it can be run again to the same bytes. No name of a person is in that copy.",
    ("reviews", "programs", "offers", "participation", "draws", "rollouts", "staff", "consents",
     "study_visits", "class_feedback", "assessment_results", "costs"),
)  # fmt: skip
REACH = Rests(
    "Teachers with at least one session or visit this year, counted once a week and shown in "
    "fifths, from five teachers on.",
    ("users", "enrollments", "staff", *CONTACTS),
    BY_THE_PARTNERS + " Focus areas are those that teachers chose in their goals.",
)
RESOURCES = Rests(
    "Evidence levels and minutes stand as the catalogue brings them; reasons come from your own "
    "insights and goals.",
    ("resources", "programs"),
)
HOLDINGS = Rests(
    "Everything that is stored under your name is counted when you open the page.",
    ("users", "staff", *CONTACTS, "class_feedback", "participation"),
    "What you and your partners write in Trellis, and every look at it.",
)
TWO_RECORDS = Rests(
    "What stands under each of the two records is counted when you open the page.",
    ("users", "roles", "enrollments", "staff"),
)

RESTS_ON: dict[str, Rests] = {
    "web:today": EVIDENCE,
    "web:coach_today": TIME,
    "web:school": REACH,
    "web:explore": RESOURCES,
    "web:resource": RESOURCES,
    "insights:my_evidence": EVIDENCE,
    "insights:insight": EVIDENCE,
    "insights:classroom_talk": TALK,
    "insights:keep_talk": TALK,
    "insights:talk": TALK,
    "insights:my_class": CLASSES,
    "insights:look_again": CLASSES,
    "plans:my_plan": PLAN,
    "plans:plan": PLAN,
    "plans:goal": PLAN,
    "plans:check_in": PLAN,
    "coaching:my_people": TIME,
    "coaching:partnership": TIME,
    "coaching:visit": TIME,
    "activities:programs": PROGRAMS,
    "activities:program": PROGRAMS,
    "activities:provider": PROGRAMS,
    "impact:reviews": REVIEWS,
    "impact:review": REVIEWS,
    "impact:register": REVIEWS,
    "impact:district": REVIEWS,
    "web:compare_records": TWO_RECORDS,
    "trust:who_sees_what": HOLDINGS,
    "trust:seen_by": HOLDINGS,
}


def provenance_of(request: HttpRequest) -> Provenance | None:
    """Return what the page at this address tells of its numbers; None where it has none."""
    match = request.resolver_match
    rests = RESTS_ON.get(match.view_name) if match else None
    if match is None or rests is None or not isinstance(request.user, Person):
        return None
    return Provenance(
        page=match.view_name,
        how=rests.how,
        written=rests.written,
        files=tuple(files_of(rests.kinds)),
        opens_imports=has_role(request.user, Role.ADMINISTRATOR),
    )
