"""Keep the numbers by which other systems know students, disguised, for finding them again.

Vendors name students by the district's number, not by `sourcedId`. A number is kept as a keyed
digest: it can be compared with what a file says, and not be read.
"""

from collections.abc import Iterator, Mapping

import polars as pl
from django.conf import settings

from trellis.interchange.references import students
from trellis.interchange.student_numbers import NUMBERS, Asked, disguised, numbers_in
from trellis.people.models import Student, StudentNumber
from trellis.trust.loading import Difference, Row, Rows, compare, keys
from trellis.warehouse.pseudonyms import pseudonyms_of_distinct


def disguise(kind: str, numbers: pl.Series) -> pl.Series:
    """Turn numbers into what is kept of them; the same number of two kinds is not the same."""
    distinct = numbers.unique()
    secret = settings.TRELLIS_PSEUDONYM_SECRET
    kept = pseudonyms_of_distinct(secret, f"student number {kind}", distinct)
    return numbers.replace_strict(distinct, kept, return_dtype=pl.String)


def known_numbers() -> pl.DataFrame:
    """Return the numbers that are kept: `kind`, `number`, `student`."""
    rows = StudentNumber.objects.values_list("kind", "number", "student__external_id")
    return pl.DataFrame(list(rows), schema=NUMBERS, orient="row")


def asked_about(cells: pl.Series) -> Asked:
    """Return what is known of the students whom some cells may name."""
    filled = cells.drop_nulls()
    distinct = filled.unique()
    sourced = Student.objects.filter(external_id__in=distinct.to_list())
    kinds = tuple(StudentNumber.objects.order_by("kind").values_list("kind", flat=True).distinct())
    wanted = [number for kind in kinds for number in disguise(kind, distinct)]
    found = StudentNumber.objects.filter(number__in=wanted)
    rows = found.values_list("kind", "number", "student__external_id")
    numbers = pl.DataFrame(list(rows), schema=NUMBERS, orient="row")
    named = set(sourced.values_list("external_id", flat=True))
    return Asked(filled, named, kinds, numbers, disguise)


def differences(
    bundle: Mapping[str, pl.DataFrame], named: pl.DataFrame | None
) -> Iterator[Difference]:
    """Compare the numbers of the students whom the files name; nobody else's change.

    A student who is set aside keeps hers: results of earlier years still come in for her.
    """
    learners = keys(Student)
    who = students(bundle) if named is None else students(bundle) | set(learners)
    numbers = disguised(numbers_in(bundle["users"], who), disguise)
    rows: list[Row] = [
        (learners.get(student), kind, number)
        for student, kind, number in numbers.select("student", "kind", "number").iter_rows()
    ]
    told = {learners.get(user) for user in bundle["users"]["sourcedId"].to_list() if user in who}
    stored = StudentNumber.objects.values_list("student_id", "kind", "number")
    said = set(rows)
    leavers = [row for row in stored.iterator() if row[0] in told and row not in said]
    if rows or leavers:
        yield compare(
            Rows(
                kind="other numbers of students",
                model=StudentNumber,
                key=("student_id", "kind", "number"),
                compared=(),
                rows=rows,
                leaving="removed",
                leavers=leavers,
                guarded=False,
            )
        )
