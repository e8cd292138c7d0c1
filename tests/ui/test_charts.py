"""The charts: words escaped, numbers in a table, no estimate without its interval."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from trellis.ui import charts
from trellis.ui.charts import Drawing, Naming
from trellis.ui.charts.levels import EvidenceKind

NAME = Naming("k", "What was seen <here>", "Rises & falls")


def a_band(kind: EvidenceKind = "visit", marks: int = 3) -> Drawing:
    points = [charts.BandPoint(date(2025, m, 1), 1.2, 0.5, 1.9) for m in (9, 10, 11)]
    evidence = [
        charts.EvidenceMark(date(2025, 9, 3 + i), 1.0, "abcdefg"[i], kind, "<b>seen</b>")
        for i in range(marks)
    ]
    return charts.band(points, evidence, name=NAME)


def an_interval() -> Drawing:
    rows = [charts.IntervalRow(f"Row {i} <", "sub", 0.1, -0.1, 0.3) for i in range(2)]
    return charts.interval(rows, zone=0.15, name=NAME)


def an_event_study() -> Drawing:
    points = [charts.EventPoint(k, 0.1 * k, 0.1 * k - 0.2, 0.1 * k + 0.2) for k in (-3, -2, 0, 1)]
    return charts.event_study(points, zone=0.15, name=NAME)


def a_balance() -> Drawing:
    return charts.balance([charts.BalanceRow("Prior <practice>", 0.3, 0.1)], name=NAME)


def a_share() -> Drawing:
    parts = [charts.Share("<visits>", 60), charts.Share("class", 30), charts.Share("a", 10, True)]
    return charts.share(parts, name=NAME)


def some_checkins() -> Drawing:
    return charts.checkins(
        [charts.CheckIn(date(2025, 9, 18), 6), charts.CheckIn(date(2025, 9, 25), 9, "met <now>")],
        [charts.Target(date(2025, 9, 18), date(2025, 12, 18), 12, "twelve")],
        top=24,
        unit="students",
        name=NAME,
    )


def a_timeline() -> Drawing:
    event = charts.TimelineEvent(date(2025, 9, 18), "goal <set>", done=True, milestone=True)
    return charts.timeline([event], name=NAME)


def some_places() -> Drawing:
    rows = [charts.PlaceRow("Compare <fractions>", 32, 27, 37, 55, stands_out=True)]
    zone = charts.Zone(40, 60, "chance <alone>")
    return charts.places(rows, name=NAME, usual="Usual", level=80, zone=zone)


def some_places_of_which_none_is_usual() -> Drawing:
    return charts.places([charts.PlaceRow("Words <said>", 40, 20, 60)], name=NAME, level=95)


def a_band_of_talk() -> Drawing:
    return a_band("talk")


def a_band_beside_others() -> Drawing:
    points = [charts.BandPoint(date(2025, m, 1), 1.2, 0.5, 1.9) for m in (9, 10)]
    return charts.band(points, [], name=NAME, others=charts.Between(0.9, 2.4, "half of <us>"))


ALL = [
    a_band_of_talk, a_band_beside_others, some_places_of_which_none_is_usual,
    a_band, an_interval, an_event_study, a_balance, some_places, a_share, some_checkins, a_timeline,
]  # fmt: skip


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<body>{html}</body>")  # noqa: S314 - markup of our own


@pytest.mark.parametrize("draw", ALL)
def test_each_chart_is_whole_markup_with_a_title_a_description_and_a_table(
    draw: Callable[[], Drawing],
) -> None:
    figure = parsed(charts.figure(draw(), caption="In words & more", note="How to read it"))

    drawings = figure.findall(".//svg")
    assert [d.get("class") for d in drawings] == ["only-wide", "only-narrow"]
    for drawing in drawings:
        ids = {e.get("id") for e in drawing.iter() if e.get("id")}
        assert drawing.get("role") == "img"
        assert set((drawing.get("aria-labelledby") or "").split()) <= ids
        assert drawing.findtext("title") == "What was seen <here>"
    assert figure.find(".//details//table/tbody/tr/th") is not None
    assert figure.findtext(".//figcaption/h3") == "In words & more"


@pytest.mark.parametrize("draw", ALL)
def test_each_chart_needs_no_inline_style_and_has_each_id_once(
    draw: Callable[[], Drawing],
) -> None:
    html = charts.figure(draw(), caption="c", note="n")

    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) > 0
    assert "style=" not in html


@pytest.mark.parametrize("draw", ALL)
def test_the_same_data_draws_the_same_chart(draw: Callable[[], Drawing]) -> None:
    assert draw() == draw()


@pytest.mark.parametrize(("low", "estimate", "high"), [(0.2, 0.1, 0.3), (0.0, 0.4, 0.3)])
def test_an_estimate_outside_its_interval_cannot_be_drawn(
    low: float, estimate: float, high: float
) -> None:
    with pytest.raises(ValueError, match="outside its interval"):
        charts.IntervalRow("Practice", "", estimate, low, high)
    with pytest.raises(ValueError, match="outside its interval"):
        charts.PlaceRow("Fractions", estimate, low, high, usual=0.1)
    with pytest.raises(ValueError, match="outside its interval"):
        charts.EventPoint(1, estimate, low, high)
    with pytest.raises(ValueError, match="outside its interval"):
        charts.BandPoint(date(2025, 9, 1), estimate, low, high)


def test_others_are_drawn_as_a_range_and_stand_in_the_table() -> None:
    drawing = a_band_beside_others()

    assert drawing.svg.count('class="c-others"') == 4  # two ends, drawn wide and narrow
    assert drawing.table.rows[-1][1:] == ("beginning", "half of <us>", "developing")
    with pytest.raises(ValueError, match="outside its interval"):
        charts.Between(2.0, 1.0, "nobody")


def test_an_estimate_whose_interval_is_not_known_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="finite interval"):
        charts.IntervalRow("Practice", "", 0.1, float("nan"), float("inf"))
    with pytest.raises(ValueError, match="finite interval"):
        charts.mini(float("nan"), 1.0, 2.0, key="m", title="t")


def test_a_place_is_drawn_where_it_stands_between_the_ends_of_its_scale() -> None:
    wide = some_places().svg.split("</svg>")[0]

    assert 'cx="226.6"' in wide  # 18 + 32 % of the 652 px between the ends
    assert '<rect x="278.8"' in wide  # the zone from 40 % on


def test_places_are_told_with_interval_and_what_is_usual() -> None:
    assert some_places().table.rows == [("Compare <fractions>", "32%", "27% to 37%", "55%")]


def test_three_visits_alone_draw_no_line_and_a_fourth_look_does() -> None:
    assert 'class="c-line"' not in a_band("visit", marks=3).svg
    assert 'class="c-line"' in a_band("visit", marks=4).svg
    assert 'class="c-line"' in a_band("own", marks=1).svg


def test_evidence_shares_that_do_not_sum_to_100_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to 100"):
        charts.share([charts.Share("visits", 60)], name=NAME)


def test_the_starting_assumption_stands_last_whatever_its_size() -> None:
    parts = [charts.Share("assumed", 70, assumed=True), charts.Share("visits", 30)]

    drawing = charts.share(parts, name=NAME)

    assert [row[0] for row in drawing.table.rows] == ["visits", "assumed"]


def test_what_does_not_count_is_drawn_in_gray() -> None:
    row = charts.IntervalRow("Own consultants", "", 0.4, 0.1, 0.7, counts=False)

    drawn = charts.interval([row], name=NAME).svg

    assert "c-dot--ref" in drawn
    assert 'class="c-int"' not in drawn


def test_the_mini_interval_says_its_range_in_the_level_words() -> None:
    drawn = charts.mini(1.1, 1.5, 1.9, key="m1", title="Explaining <aloud>")

    assert "beginning to developing" in drawn
    assert "Explaining &lt;aloud&gt;" in drawn
    assert charts.level_words(2.8, 3.4) == "established"


def test_five_verdicts_have_one_size_and_their_own_words() -> None:
    drawn = {kind: charts.verdict(kind) for kind in charts.VERDICT_WORDS}

    assert all('viewBox="0 0 44 24"' in one for one in drawn.values())
    assert "Cannot tell yet" in drawn["notyet"]
    assert len(set(drawn.values())) == 5


@pytest.mark.parametrize("fifth", [0, 6])
def test_reach_is_told_in_fifths_only(fifth: int) -> None:
    with pytest.raises(ValueError, match="fifths"):
        charts.reach(fifth)


def test_a_key_that_would_break_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        Naming("Two words", "t", "d")


def test_three_school_years_fit_under_a_chart_without_running_together() -> None:
    points = [charts.BandPoint(date(y, 9, 1), 1, 0, 2) for y in (2023, 2024, 2025)]

    drawn = parsed(charts.band(points, [], name=NAME).svg)

    for drawing in drawn.findall("svg"):
        places = [float(t.get("x", "0")) for t in drawing.iter("text") if "20" in (t.text or "")]
        assert len(places) >= 2
        assert all(b - a > 50 for a, b in pairwise(places))


def test_a_target_that_is_not_reached_yet_still_has_room_on_the_chart() -> None:
    drawing = some_checkins()

    assert "target 12" in drawing.svg
    assert ("by Dec 18", "12", "twelve") in drawing.table.rows


def test_pieces_of_the_same_day_do_not_hide_one_another() -> None:
    day = date(2025, 10, 1)
    points = [charts.BandPoint(date(2025, 9, 1), 1, 0, 2), charts.BandPoint(day, 1, 0, 2)]
    marks = [charts.EvidenceMark(day, 1.0, letter, "visit", "visit") for letter in "abc"]

    for drawing in parsed(charts.band(points, marks, name=NAME).svg).findall("svg"):
        heights = sorted(float(c.get("cy", "0")) for c in drawing.iter("circle"))
        assert all(b - a >= 20 for a, b in pairwise(heights))
        assert len({c.get("cx") for c in drawing.iter("circle")}) == 1, "the day stays exact"
