"""Check what a bundle says about the people who will sign in."""

from collections.abc import Iterator, Mapping, Set

import polars as pl

from trellis.interchange.csv_text import ROW
from trellis.interchange.problems import Problem
from trellis.interchange.references import adults

Bundle = Mapping[str, pl.DataFrame]
ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def check_staff(
    bundle: Bundle, files: Mapping[str, str], emails: Mapping[str, str], known: Set[str] | None
) -> Iterator[Problem]:
    """Yield addresses that two people share, and teachers of a class who are not staff.

    `known` is who works in the district beside those of the files; None where nobody can tell.
    """
    if "users" not in bundle:
        return
    staff = adults(bundle)
    of_staff = bundle["users"].filter(pl.col("sourcedId").is_in(list(staff)))
    yield from _addresses(of_staff, files["users"], emails)
    if "enrollments" in bundle and known is not None:
        # Of a user who is nowhere, the bundle says so itself.
        there = {*bundle["users"]["sourcedId"].drop_nulls().to_list()}
        teaching = bundle["enrollments"].filter(pl.col("role") == "teacher")
        for row, who in teaching.select(ROW, "userSourcedId").iter_rows():
            here = who in there or (who is not None and bool(known))
            if here and who not in staff and who not in known:
                yield Problem(
                    files["enrollments"], row, "userSourcedId", who, "a member of the staff",
                    "Give the person the role teacher in roles.csv, or correct the enrollment.",
                    "semantic.teacher_not_staff",
                )  # fmt: skip


def _addresses(staff: pl.DataFrame, file: str, emails: Mapping[str, str]) -> Iterator[Problem]:
    with_address = staff.filter(pl.col("email").is_not_null())
    said = dict(with_address.select("sourcedId", "email").iter_rows())
    seen: dict[str, tuple[int, str]] = {}
    for row, who, email in with_address.select(ROW, "sourcedId", "email").iter_rows():
        address = email.lower()
        first, holder = seen.get(address, (row, who))
        if holder != who:
            yield _taken(file, row, email, f"row {first} of this file")
        elif emails.get(address, who) != who and not _gives_up(emails[address], address, said):
            yield _taken(file, row, email, "an account that exists already")
        seen.setdefault(address, (row, who))
    broken = with_address.filter(
        ~pl.col("email").str.contains(ADDRESS) | (pl.col("email").str.len_chars() > 254)
    )
    for row, email in broken.select(ROW, "email").iter_rows():
        yield Problem(
            file, row, "email", email, "an e-mail address like name@school.example",
            "Correct the address; the person signs in with it.", "row.invalid_email",
        )  # fmt: skip


def _gives_up(holder: str, address: str, said: Mapping[str, str]) -> bool:
    """Return whether the file itself gives the holder of an address another one."""
    return holder in said and said[holder].lower() != address


def _taken(file: str, row: int, email: str, where: str) -> Problem:
    return Problem(
        file, row, "email", email, "an address of one person alone",
        f"It also stands for {where}. Two people cannot sign in with one address: "
        "correct one of the two.", "semantic.email_taken",
    )  # fmt: skip
