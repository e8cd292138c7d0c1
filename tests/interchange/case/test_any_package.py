"""Any package that is sound comes back as it went; any that is broken is read to findings."""

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interchange.case.packages import MOMENT, name
from tests.interchange.case.test_keeping import WHOLE
from trellis.interchange.case.item_csv import About, read_items
from trellis.interchange.case.models import RELATIONS, Package
from trellis.interchange.case.read import read_package
from trellis.interchange.case.tree import arrange
from trellis.interchange.case.write import write_package
from trellis.interchange.problems import refuses

QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
WORDS = TEXT.filter(lambda said: bool(said.strip()))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
MAYBE: dict[str, st.SearchStrategy[Any]] = {
    "humanCodingScheme": TEXT, "notes": TEXT, "subject": st.lists(TEXT, max_size=2),
    "educationLevel": st.lists(TEXT, max_size=2), "conceptKeywords": st.lists(TEXT, max_size=2),
    "statusStartDate": st.dates().map(lambda day: day.isoformat()),
    "extensions": st.dictionaries(TEXT, JSON, max_size=2),
}  # fmt: skip


@st.composite
def packages(draw: st.DrawFn) -> Package:
    """Draw a forest of items in any order of writing, with relations across and outward."""
    count = draw(st.integers(1, 8))
    items = [
        {
            "identifier": name(n), "uri": draw(TEXT), "fullStatement": draw(WORDS),
            "lastChangeDateTime": MOMENT,
        } | draw(st.fixed_dictionaries({}, optional=MAYBE))
        for n in range(1, count + 1)
    ]  # fmt: skip
    ends = [(n, draw(st.integers(0, n - 1))) for n in range(1, count + 1)]
    links = [(n, parent, "isChildOf") for n, parent in ends]
    others = st.tuples(
        st.integers(1, count), st.integers(1, 99).filter(lambda n: n > count or n < 2),
        st.sampled_from(RELATIONS[1:]),
    )  # fmt: skip
    links += draw(st.lists(others, max_size=3))
    return Package.model_validate(
        {
            "CFDocument": {
                "identifier": name(0), "uri": draw(TEXT), "creator": draw(WORDS),
                "title": draw(WORDS), "lastChangeDateTime": MOMENT,
            },
            "CFItems": draw(st.permutations(items)),
            "CFAssociations": [
                _association(place, *link, draw(st.none() | st.integers(-3, 12)))
                for place, link in enumerate(links)
            ],
        }
    )  # fmt: skip


def _association(
    place: int, origin: int, destination: int, kind: str, number: int | None
) -> dict[str, Any]:
    numbered = {} if number is None else {"sequenceNumber": number}
    return numbered | {
        "identifier": name(1000 + place), "uri": "u", "associationType": kind,
        "originNodeURI": {"title": "", "identifier": name(origin), "uri": "o"},
        "destinationNodeURI": {"title": "", "identifier": name(destination), "uri": "d"},
        "lastChangeDateTime": MOMENT,
    }  # fmt: skip


@QUICK
@given(packages())
def test_a_sound_package_comes_back_as_it_went_with_nothing_to_find(package: Package) -> None:
    out = write_package(package)

    found = read_package(out, "any.json")

    assert found.package == package
    assert found.problems == ()
    assert write_package(found.package) == out


@QUICK
@given(packages())
def test_each_item_stands_exactly_once_and_below_its_parent(package: Package) -> None:
    placed = arrange(package).placed

    seen: list[str] = []
    for one in placed:
        assert one.parent is None or one.parent in seen
        seen.append(one.item.identifier)
    assert sorted(seen) == sorted(item.identifier for item in package.items)


SCRAPS: list[Any] = [
    None,
    "",
    7,
    -1.5,
    True,
    [],
    {},
    ["x"],
    {"a": 1},
    "2026-13-01",
    "\x00",
    10**400,
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    return [path, *(found for key, one in inner for found in _places(one, (*path, key)))]


def _broken(seed: int) -> tuple[Any, tuple[Any, ...]]:
    """Put a scrap, nothing, or a copy in one random place of a whole package."""
    chance = random.Random(seed)
    document = json.loads(json.dumps(WHOLE))
    *path, last = chance.choice(_places(document)[1:])
    holder = document
    for key in path:
        holder = holder[key]
    way = chance.choice(["scrap", "gone", "rename"])
    if way == "scrap":
        holder[last] = chance.choice(SCRAPS)
    elif way == "gone" or isinstance(holder, list):
        del holder[last]
    else:
        holder[f"{last}x"] = holder.pop(last)
    return document, (*path, last)


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32))
def test_a_broken_package_never_raises_and_what_is_left_is_strict(seed: int) -> None:
    document, _ = _broken(seed)

    found = read_package(json.dumps(document).encode(), "broken.json")

    if found.package is None:
        assert refuses(found.problems)
        return
    out = write_package(found.package)
    again = read_package(out, "again.json")
    assert again.package == found.package
    # What was made of the breakage may still hang loose; it departs from nothing any more.
    assert {p.code for p in again.problems} <= {"case.orphan", "case.dangling_association"}


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32))
def test_what_a_broken_package_loses_is_said(seed: int) -> None:
    document, _ = _broken(seed)

    found = read_package(json.dumps(document).encode(), "broken.json")

    if found.package is None or found.problems:
        return
    out = json.loads(write_package(found.package))
    out["CFDocument"].pop("caseVersion")
    assert out == document


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda said: said.encode("utf-8")))
def test_any_bytes_at_all_are_read_to_findings(data: bytes) -> None:
    assert read_package(data, "bytes.json").problems
    assert read_items(data, "bytes.csv", About("t", "c")).problems
