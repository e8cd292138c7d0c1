"""The demonstration district tells the story that people will be shown."""

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.simulate.conftest import SEED, Read, Rows
from trellis.simulate import DEMONSTRATION_DAY, write_district
from trellis.simulate.district import District, make_district
from trellis.simulate.people import NOBODY, NOVICE_YEARS

CAST = {
    "ana": ("Ana", "Ruiz"),
    "ben": ("Ben", "Okafor"),
    "chi": ("Chi", "Nguyen"),
    "dee": ("Dee", "Walker"),
    "eli": ("Eli", "Brandt"),
    "fay": ("Fay", "Lindqvist"),
    "gus": ("Gus", "Hale"),
    "hana": ("Hana", "Sato"),
}
LEVELS = ("not seen this time", "beginning", "developing", "established")
THIS_YEAR = "2025-08-01"


@pytest.fixture(scope="module")
def demo() -> District:
    return make_district("demo", SEED, DEMONSTRATION_DAY)


def anas_visits(read: Read) -> Rows:
    hers = {p["partnership_id"]: p for p in read("partnerships") if p["teacher_id"] == "ana"}
    return [
        note | {"partner_id": hers[note["partnership_id"]]["partner_id"]}
        for note in read("visit_notes")
        if note["partnership_id"] in hers
    ]


def test_the_cast_is_there_under_its_own_names(read: Read) -> None:
    users = {row["sourcedId"]: row for row in read("oneroster/users")}

    for key, (given, family) in CAST.items():
        assert (users[key]["givenName"], users[key]["familyName"]) == (given, family)
        assert users[key]["email"] == f"{key}@alder-valley.example"


def test_every_adult_who_signs_in_has_a_role_with_a_reason(read: Read) -> None:
    grants = {row["person_id"]: row["role"] for row in read("role_grants")}

    expected = "teacher coach teacher school_leader pd_lead consultant analyst administrator"
    assert [grants[key] for key in CAST] == expected.split()
    assert {row["person_id"] for row in read("staff")} <= set(grants)


def test_ana_teaches_math_and_ela_in_grade_4_at_cedar(read: Read) -> None:
    hers = {row["classSourcedId"] for row in read("oneroster/enrollments")
            if row["userSourcedId"] == "ana"}  # fmt: skip

    titles = [(row["title"], row["schoolSourcedId"]) for row in read("oneroster/classes")
              if row["sourcedId"] in hers]  # fmt: skip

    assert sorted(titles) == [("Grade 4 ELA", "cedar")] * 3 + [("Grade 4 Math", "cedar")] * 3


def test_ana_has_six_visits_this_year_by_three_visitors_in_her_math_class(read: Read) -> None:
    this_year = [v for v in anas_visits(read) if v["visited_on"] > THIS_YEAR]
    titles = {row["sourcedId"]: row["title"] for row in read("oneroster/classes")}

    assert len({v["visit_id"] for v in this_year}) == 6
    visitors = {v["partner_id"] for v in this_year}
    assert len(visitors) == 3
    assert "chi" in visitors
    assert "ben" not in visitors
    assert {titles[v["section_id"]] for v in this_year} == {"Grade 4 Math"}


def test_anas_visits_show_two_strengths_and_one_next_step(read: Read) -> None:
    levels = defaultdict(list)
    for visit in anas_visits(read):
        levels[visit["element"]].append(LEVELS.index(visit["level"]))

    mean = {element: float(np.mean(seen)) for element, seen in levels.items()}

    others = [v for e, v in mean.items() if e not in
              ("culture.support", "agency.collaboration", "instruction.thinking")]  # fmt: skip
    assert mean["culture.support"] > mean["agency.collaboration"] > max(others)
    assert mean["instruction.thinking"] < min(others) - 0.5


def test_anas_class_is_ready_for_explaining_comparisons_of_fractions_next(read: Read) -> None:
    math = next(v["section_id"] for v in anas_visits(read) if v["visited_on"] > THIS_YEAR)
    checks = {row["sourcedId"]: row for row in read("oneroster/lineItems")}
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for result in read("oneroster/results"):
        check = checks[result["lineItemSourcedId"]]
        if check["classSourcedId"] == math:
            right[check["description"]] += int(result["score"])
            asked[check["description"]] += int(check["resultValueMax"])

    share = {objective: right[objective] / asked[objective] for objective in asked}

    assert min(share, key=share.__getitem__).startswith("Compare two fractions")


def test_ana_has_no_partnership_with_ben_and_one_with_chi_goes_on(read: Read) -> None:
    hers = [p for p in read("partnerships") if p["teacher_id"] == "ana"]

    assert all(p["partner_id"] != "ben" for p in hers)
    assert [p["partner_id"] for p in hers if not p["ended_on"]] == ["chi"]


def test_partners_meet_and_visit_only_while_they_are_partners(read: Read) -> None:
    spans = {
        p["partnership_id"]: (p["started_on"], p["ended_on"] or DEMONSTRATION_DAY.isoformat())
        for p in read("partnerships")
    }
    met = [(s["partnership_id"], s["held_on"]) for s in read("sessions") if s["state"] == "held"]
    visited = [(v["partnership_id"], v["visited_on"]) for v in read("visit_notes")]

    outside = [(key, on) for key, on in met + visited if not spans[key][0] <= on <= spans[key][1]]

    assert outside == []


def test_a_partner_visits_a_class_that_the_teacher_teaches_that_year(read: Read) -> None:
    teaches = {(row["classSourcedId"], row["userSourcedId"]) for row in
               read("oneroster/enrollments") if row["role"] == "teacher"}  # fmt: skip
    teacher = {p["partnership_id"]: p["teacher_id"] for p in read("partnerships")}

    assert all(
        (v["section_id"], teacher[v["partnership_id"]]) in teaches for v in read("visit_notes")
    )


def test_dee_evaluates_ana_and_coaches_nobody(read: Read) -> None:
    pairs = {(row["evaluator_id"], row["teacher_id"]) for row in read("evaluators")}

    assert ("dee", "ana") in pairs
    partners = {(p["partner_id"], p["teacher_id"]) for p in read("partnerships")}
    assert not pairs & partners


def test_ben_has_eleven_partnerships_and_meets_some_this_week(read: Read) -> None:
    bens = {p["partnership_id"] for p in read("partnerships")
            if p["partner_id"] == "ben" and not p["ended_on"]}  # fmt: skip
    monday = DEMONSTRATION_DAY - timedelta(days=DEMONSTRATION_DAY.weekday())

    week = [s for s in read("sessions") if s["partnership_id"] in bens
            and date.fromisoformat(s["held_on"]) >= monday]  # fmt: skip

    assert len(bens) == 11
    assert sum(s["state"] == "held" for s in week) >= 2
    today = [s for s in week if s["held_on"] == str(DEMONSTRATION_DAY) and s["starts_at"]]
    assert [(s["state"], s["starts_at"]) for s in today] == [
        ("planned", "10:20"),
        ("planned", "14:40"),
    ]


def test_coaches_of_the_demo_size_hold_eight_to_sixteen_partnerships(demo: District) -> None:
    active = Counter(
        p.partner_id for p in demo.done.partnerships if p.kind == "coach" and p.ended_on is None
    )

    assert len(active) == 14
    assert all(8 <= count <= 16 for count in active.values())
    assert active["ben"] == 11


def test_the_demo_size_has_the_numbers_of_the_reference(demo: District) -> None:
    people = demo.people
    novice = np.mean(
        [
            people.teachers[t].experience_in(year) <= NOVICE_YEARS
            for year, row in zip(people.years, people.holders, strict=True)
            for t in row
        ]
    )
    at = people.schools_of()
    turnover = np.mean(
        [
            at[y + 1, t] != at[y, t]
            for y in range(2)
            for t in range(at.shape[1])
            if at[y, t] != NOBODY
        ]
    )

    assert len(people.shape.schools) == 12
    assert people.holders.shape == (3, 396)
    assert novice == pytest.approx(0.17, abs=0.04)
    assert turnover == pytest.approx(0.16, abs=0.04)


def test_each_arm_of_the_lottery_has_at_least_110_over_three_cohorts(demo: District) -> None:
    drawn = Counter(t.drawn for t in demo.done.tickets)

    assert drawn[True] >= 110
    assert drawn[False] >= 110
    assert len({t.offer_id for t in demo.done.tickets}) == 3


def test_a_winner_never_draws_again_and_some_losers_do(demo: District) -> None:
    won = [t.teacher for t in demo.done.tickets if t.drawn]
    entered = Counter(t.teacher for t in demo.done.tickets)

    assert len(won) == len(set(won))
    assert max(entered.values()) > 1


def test_the_record_of_a_draw_agrees_with_itself(read: Read) -> None:
    blocks = defaultdict(list)
    for row in read("draws"):
        blocks[row["offer_id"], row["block"]].append(row)

    for rows in blocks.values():
        drawn = sum(row["drawn"] == "true" for row in rows)
        assert drawn == round(float(rows[0]["probability"]) * len(rows))
        assert 0 < drawn < len(rows)
        assert len({row["probability"] for row in rows}) == 1


def test_who_is_drawn_stands_apart_from_how_good_practice_was(demo: District) -> None:
    teacher = np.array([t.teacher for t in demo.done.tickets])
    drawn = np.array([t.drawn for t in demo.done.tickets])
    practice = demo.traits.practice[teacher]

    difference = practice[drawn].mean() - practice[~drawn].mean()

    # Four standard errors of a difference between two arms of about 165.
    assert abs(difference) < 4 * np.sqrt(2 / 165)


def test_volunteers_start_higher_and_those_referred_lower(demo: District) -> None:
    practice = demo.traits.practice
    took = defaultdict(set)
    for part in demo.done.parts:
        took[part.program_id].add(part.teacher)

    mean = {program: practice[sorted(who)].mean() for program, who in took.items()}

    assert mean["lumenpd-library"] > practice.mean() + 0.15
    assert mean["peer-visits"] > practice.mean() + 0.15
    assert mean["generic-coaching"] < practice.mean() - 0.15


def test_the_library_without_effect_looks_excellent(read: Read) -> None:
    offers = {row["offer_id"]: row["program_id"] for row in read("offers")}
    minutes = defaultdict(list)
    liked = defaultdict(list)
    for row in read("participation"):
        program = offers[row["offer_id"]]
        minutes[program].append(int(row["minutes"]))
        if row["useful"]:
            liked[program].append(row["useful"] == "yes")

    assert np.mean(liked["lumenpd-library"]) > max(
        np.mean(answers) for program, answers in liked.items() if program != "lumenpd-library"
    )
    assert np.mean(minutes["lumenpd-library"]) > np.mean(minutes["content-coaching"])


def test_northstars_own_consultants_mark_higher_than_trained_visitors(read: Read) -> None:
    marks = defaultdict(lambda: defaultdict(list))
    for row in read("study_visits"):
        key = (row["teacher_id"], row["school_year"])
        marks[key][row["made_by"]].append(LEVELS.index(row["level"]))

    both = [m for m in marks.values() if len(m) == 2]

    higher = np.mean([np.mean(m["deliverer"]) - np.mean(m["trained visitor"]) for m in both])
    assert higher > 0.05


def test_a_teacher_is_never_seen_on_a_study_visit_by_her_own_partner(read: Read) -> None:
    partners = {(p["teacher_id"], p["partner_id"]) for p in read("partnerships")}

    trained = [r for r in read("study_visits") if r["made_by"] == "trained visitor"]

    assert all((row["teacher_id"], row["visitor_id"]) not in partners for row in trained)
    assert {row["school_year"] for row in trained} == {"2023", "2024", "2025", "2026"}


def test_study_visits_come_after_consent_and_after_the_draws(read: Read) -> None:
    given = {r["teacher_id"]: r["given_on"] for r in read("consents")
             if r["purpose"] == "study visits"}  # fmt: skip

    for row in read("study_visits"):
        assert given[row["teacher_id"]] < row["visited_on"]
        assert date.fromisoformat(row["visited_on"]).month in range(1, 6)


def test_reviews_were_registered_before_their_outcomes(small_district: Path, read: Read) -> None:
    reviews = json.loads((small_district / "reviews.json").read_text("utf-8"))
    first = min(r["visited_on"] for r in read("study_visits") if r["school_year"] == "2024")

    assert {r["program_id"] for r in reviews} <= {r["program_id"] for r in read("programs")}
    assert {r["design"] for r in reviews} == {"lottery", "staggered", "before-after"}
    assert all(r["registered_on"] < first for r in reviews)
    assert all(r["smallest_effect"] == 0.15 for r in reviews)


def test_march_feedback_of_this_year_is_not_yet_due(read: Read) -> None:
    when = Counter(row["given_on"][:7] for row in read("class_feedback"))

    assert set(when) == {"2023-10", "2024-03", "2024-10", "2025-03", "2025-10"}


@pytest.mark.parametrize(
    "today", [date(2025, 8, 5), date(2025, 10, 15), date(2026, 1, 4), date(2026, 6, 30)]
)
def test_the_district_can_stand_on_another_day(today: date, tmp_path: Path) -> None:
    summary = write_district(tmp_path, size="small", seed=SEED, today=today)

    assert summary.rows["visit_notes.csv"] > 0
