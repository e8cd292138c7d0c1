"""Changes to a roster's results do to what is stored what they say, and nothing in silence."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.interchange import tiny
from trellis.evidence import imports, queries, undoing
from trellis.evidence.models import Import, LineItem
from trellis.trust import clock
from trellis.warehouse.pseudonyms import pseudonym
from trellis.web.loaders import DERIVED, LOADERS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_district")]

WHEN = "2026-03-01T08:00:00Z"
HEADS = {name: text.split("\n")[0] for name, text in tiny.ONEROSTER.items()}
RESULT = (
    "{id},{status},{when},li1,{who},fully graded,{score},2025-09-19,,,c1,false,false,false,false"
)


def checked(path: Path) -> imports.Checked:
    brought = Import.objects.create(received_at=clock.now(), accepts_leavers=True)
    return imports.check(brought, [path], LOADERS)


def bring(path: Path) -> Import:
    found = checked(path)
    assert found.files.sound, [str(problem) for problem in found.files.problems]
    return imports.apply(found, LOADERS, by=None)


def changes(tmp_path: Path, **rows: str) -> Path:
    """Write a bundle of changes: each file with its header and these rows."""
    files = {name: f"{HEADS[name]}\n{text}\n" for name, text in rows.items()}
    manifest = tiny.manifest(tuple(files)).replace(",bulk", ",delta")
    members = {f"{name}.csv": text for name, text in files.items()}
    return tiny.write_zip(tmp_path / "changes.zip", {"manifest.csv": manifest, **members})


def result(who: str, score: str = "", status: str = "active") -> str:
    return RESULT.format(id=f"res-{who}", status=status, when=WHEN, who=who, score=score)


def stored() -> dict[str, tuple[str, int, int]]:
    """Return objective, right answers and items of each student's result of the line item."""
    rows = queries.warehouse().read("objective_results").collect()
    names = {
        pseudonym(settings.TRELLIS_PSEUDONYM_SECRET, "person", who): who
        for who in ("p-1", "p-2", "p-3")
    }
    return {
        names[row["student"]]: (row["objective_id"], row["correct"], row["items"])
        for row in rows.to_dicts()
        if row["line_item"] == "li1"
    }


def test_a_result_that_changes_say_is_gone_is_gone(tmp_path: Path) -> None:
    bring(changes(tmp_path, results=result("p-1", status="tobedeleted")))

    assert stored() == {"p-2": (tiny.OBJECTIVE, 2, 5)}


def test_a_result_that_loses_its_score_is_gone_too_and_said(tmp_path: Path) -> None:
    brought = bring(changes(tmp_path, results=result("p-1")))

    assert stored() == {"p-2": (tiny.OBJECTIVE, 2, 5)}
    assert [said["found"] for said in brought.problems] == ["results without a score: 1"]


def test_results_alone_find_the_line_item_that_came_before(tmp_path: Path) -> None:
    bring(changes(tmp_path, results=result("p-3", "5")))

    assert stored() == {name: (tiny.OBJECTIVE, n, 5) for name, n in
                        (("p-1", 4), ("p-2", 2), ("p-3", 5))}  # fmt: skip


def test_results_of_a_line_item_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    found = checked(changes(tmp_path, results=result("p-3", "5").replace("li1", "li9")))

    (problem,) = [p for p in found.files.problems if p.severity == "error"]
    assert (problem.code, problem.row, problem.field) == (
        "reference.missing_target_file", 2, "lineItemSourcedId"
    )  # fmt: skip


def test_a_line_item_that_goes_takes_its_results_along(tmp_path: Path) -> None:
    item = tiny.ONEROSTER["lineItems"].split("\n")[1].replace("li1,,", f"li1,tobedeleted,{WHEN}")
    brought = bring(changes(tmp_path, lineItems=item))

    assert stored() == {}
    assert not LineItem.objects.exists()
    undoing.undo(brought, by=None, derived=DERIVED)
    assert LineItem.objects.get().external_id == "li1"
    assert len(stored()) == 2


def test_another_objective_or_number_of_items_is_that_of_the_old_results(tmp_path: Path) -> None:
    item = tiny.ONEROSTER["lineItems"].split("\n")[1].replace("li1,,", f"li1,active,{WHEN}")
    links = f"lo1,tobedeleted,{WHEN},li1,case,{tiny.OBJECTIVE}\nlo2,active,{WHEN},li1,unknown,other"
    bring(
        changes(
            tmp_path,
            lineItems=item.replace(",0,5,", ",0,8,"),
            lineItemLearningObjectiveIds=links,
        )
    )

    assert stored() == {"p-1": ("other", 4, 8), "p-2": ("other", 2, 8)}


def test_a_second_objective_leaves_results_of_no_single_one(tmp_path: Path) -> None:
    link = f"lo2,active,{WHEN},li1,unknown,other"
    brought = bring(
        changes(tmp_path, lineItemLearningObjectiveIds=link, results=result("p-3", "5"))
    )

    assert stored() == {}
    assert [said["found"] for said in brought.problems] == ["results of no single objective: 1"]


def test_a_user_of_no_known_role_is_named(tmp_path: Path) -> None:
    user = tiny.ONEROSTER["users"].split("\n")[1]
    new = user.replace("t-ana,,", f"t-new,active,{WHEN}").replace("ana@tiny", "new@tiny")
    known = user.replace("t-ana,,", f"t-ana,active,{WHEN}")
    brought = bring(changes(tmp_path, users=f"{known}\n{new}"))

    (said,) = brought.problems
    assert (said["code"], said["row"], said["found"]) == ("row.no_role", 3, "t-new")


def test_families_are_counted_once(tmp_path: Path) -> None:
    user = tiny.ONEROSTER["users"].split("\n")[1].replace("ana@tiny", "pa@tiny")
    users = tiny.ONEROSTER["users"] + user.replace("t-ana", "f-1") + "\n"
    roles = tiny.ONEROSTER["roles"] + "r9,,,f-1,primary,parent,,,s1,\n"
    brought = bring(tiny.write_bundle(tmp_path / "oneroster.zip", users=users, roles=roles))

    assert "people who neither work nor learn here: 1" in {p["found"] for p in brought.problems}
