"""Find the student whom a vendor's file means by a number of the district's, not by `sourcedId`."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.problems import Problem, shorten

STUDENT = "student_id"
# What a column of students may hold; of `userIds` a kind follows, as in `userIds: state`.
SOURCED_ID, IDENTIFIER, USER_IDS = "sourcedId", "identifier", "userIds: "
ENTRY = r"^\{?\s*([^:{}]*[^:{}\s])\s*:\s*(.*[^\s}])\s*\}?$"
# A kind is a word of the district's systems; a longer one is none.
LONGEST_KIND = 60
NUMBERS = {"kind": pl.String, "number": pl.String, "student": pl.String}

# Turns numbers of a kind into what the platform keeps of them.
Disguise = Callable[[str, pl.Series], pl.Series]


def in_clear(_kind: str, numbers: pl.Series) -> pl.Series:
    """Keep numbers as they stand."""
    return numbers


def no_numbers() -> pl.DataFrame:
    return pl.DataFrame(schema=NUMBERS)


def numbers_in(users: pl.DataFrame, students: Set[str]) -> pl.DataFrame:
    """Return the numbers of the students among a bundle's users: `kind`, `number`, `student`."""
    learners = users.filter(pl.col("sourcedId").is_in(list(students)))
    student = pl.col("sourcedId").alias("student")
    identifiers = learners.select(
        pl.lit(IDENTIFIER).alias("kind"), pl.col("identifier").alias("number"), student
    )
    entry = pl.col("userIds")
    others = (
        learners.explode("userIds")
        .filter(entry.str.contains(ENTRY))
        .select(
            (USER_IDS + entry.str.extract(ENTRY, 1)).str.slice(0, LONGEST_KIND).alias("kind"),
            entry.str.extract(ENTRY, 2).alias("number"),
            student,
        )
    )
    both = pl.concat([identifiers, others]).filter(pl.col("number").is_not_null())
    return both.unique(maintain_order=True)


def disguised(numbers: pl.DataFrame, disguise: Disguise) -> pl.DataFrame:
    """Put what is kept in the place of numbers in clear."""
    kinds = [
        of_kind.with_columns(disguise(str(kind), of_kind["number"]).alias("number"))
        for (kind,), of_kind in numbers.partition_by(
            "kind", as_dict=True, maintain_order=True
        ).items()
    ]
    return pl.concat([no_numbers(), *kinds])


def joined(said: pl.DataFrame, known: pl.DataFrame, *, users: Set[str]) -> pl.DataFrame:
    """Join what files say with what was known; of the users whom they name the files say all."""
    return pl.concat([said, known.filter(~pl.col("student").is_in(list(users)))])


@dataclass(frozen=True, slots=True)
class ByNumber:
    """How students are named in one file.

    Attributes
    ----------
    kind : of number.
    numbers : `kind`, `number` as it is kept, `student`.
    """

    kind: str
    numbers: pl.DataFrame
    disguise: Disguise

    def find(self, cells: pl.Series) -> pl.DataFrame:
        """Return for each different cell the number of students it may mean, and one of them.

        Columns `cell`, `student`, `students`; cells that mean nobody are not in it.
        """
        of_kind = self.numbers.filter(pl.col("kind") == self.kind)
        students = of_kind.group_by("number").agg(
            pl.col("student").min(), pl.col("student").n_unique().alias("students")
        )
        distinct = cells.drop_nulls().unique()
        asked = pl.DataFrame({"cell": distinct, "number": self.disguise(self.kind, distinct)})
        return asked.join(students, on="number").drop("number")

    def name(self, rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[Problem]]:
        """Put the `sourcedId` in the place of each number; rows of nobody certain are problems.

        Rows whose cell is empty stay: that a value is needed is said by the ordinary check.
        """
        found = self.find(rows[STUDENT])
        named = rows.join(
            found, left_on=STUDENT, right_on="cell", how="left", maintain_order="left"
        )
        empty = pl.col(STUDENT).is_null()
        certain = empty | (pl.col("students") == 1).fill_null(value=False)
        lost = named.filter(~certain)
        kept = named.filter(certain).with_columns(pl.col("student").alias(STUDENT))
        return kept.select(rows.columns), list(self._problems(lost, file))

    def _problems(self, lost: pl.DataFrame, file: str) -> Iterator[Problem]:
        for row, cell, students in lost.select(ROW, STUDENT, "students").iter_rows():
            if students:
                yield Problem(
                    file, row, STUDENT, shorten(cell), f"one student with this {self.kind}",
                    f"{students} students of the roster have it. Correct the roster, or export the "
                    "file with another number and say so in the mapping.",
                    "reference.student_ambiguous",
                )  # fmt: skip
            else:
                yield Problem(
                    file, row, STUDENT, shorten(cell), f"{self.kind} of a student in the roster",
                    "Bring the student with this number in users.csv of the OneRoster bundle, "
                    "correct the number here (zeros at its beginning count), or say in the mapping "
                    "what the column holds.", "reference.student_unknown",
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the students whom the cells of one column may name.

    Attributes
    ----------
    cells : those that are filled.
    sourced : students whose `sourcedId` stands in a cell.
    kinds : of numbers by which any student is known.
    numbers : `kind`, `number`, `student` of those that may stand in a cell.
    """

    cells: pl.Series
    sourced: Set[str]
    kinds: tuple[str, ...]
    numbers: pl.DataFrame
    disguise: Disguise

    def shares(self) -> dict[str, float]:
        """Return for each thing that the column may hold the share of its cells that match."""
        if not len(self.cells):
            return {}
        found = {SOURCED_ID: int(self.cells.is_in(list(self.sourced)).sum())}
        for kind in self.kinds:
            certain = self.by(kind).find(self.cells).filter(pl.col("students") == 1)
            found[kind] = int(self.cells.is_in(certain["cell"].to_list()).sum())
        return {kind: count / len(self.cells) for kind, count in found.items()}

    def by(self, kind: str) -> ByNumber:
        return ByNumber(kind, self.numbers, self.disguise)


def best_kind(shares: Mapping[str, float]) -> str:
    """Return what a column holds most likely: the first of those that match most; none: empty."""
    best = max(shares, key=lambda kind: shares[kind], default="")
    return best if shares.get(best) else ""
