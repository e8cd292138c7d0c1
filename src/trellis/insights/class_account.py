"""Say in words, and draw, where a class stands: its next learning, and how its students grew."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from trellis.insights.classes import ClassRow, GrowthRow, ObjectiveRow, Span
from trellis.ui import charts

MIDDLE = 50
SD_OF_PERCENTILES = 28.87  # of percentiles that are spread evenly from 0 to 100
FEWEST_STUDENTS = 10
LARGE_PART = 0.2  # of those compared: from here on a class draws its own middle
FAR_BACK_DAYS = 300


@dataclass(frozen=True, slots=True)
class ClassAccount:
    """All sentences and drawings of a class's page, each empty where there is nothing to say."""

    nothing_stands_out: str
    objectives: SafeString | str
    growth: str
    growth_drawn: SafeString | str
    growth_missing: str
    cautions: tuple[str, ...]


def account(klass: ClassRow) -> ClassAccount:
    """Return what the page of a class says."""
    growth = klass.growth
    said = growth_in_words(growth)
    return ClassAccount(
        nothing_stands_out="" if klass.next else nothing_stands_out(klass.objectives),
        objectives=_objectives(klass.objectives) if klass.objectives else "",
        growth=said,
        growth_drawn=_growth(growth, said) if growth and said else "",
        growth_missing="" if said else _missing(klass),
        cautions=tuple(_cautions(growth)) if growth and said else (),
    )


def nothing_stands_out(objectives: tuple[ObjectiveRow, ...]) -> str:
    """Say where a class without a flagged objective is relatively the least far along."""
    if not objectives:
        return ""
    least, count = objectives[0], len(objectives)
    where = "the one objective" if count == 1 else f"all {count} objectives"
    return (
        f"Nothing stands out: this class is about even with its own level, or ahead of it, on "
        f"{where}. Relatively the least far along: “{least.statement}”, with about {least.right}% "
        f"of items right where a class of this level usually has {least.usual}%."
    )


def growth_in_words(growth: GrowthRow | None) -> str:
    """Say how a class grew in one sentence; nothing where there is no figure."""
    if growth is None or growth.mean is None:
        return ""
    mean = growth.mean
    how = "about as similar students did"
    if mean.low > MIDDLE or mean.high < MIDDLE:
        how = f"{'more' if mean.low > MIDDLE else 'less'} than similar students did"
    return (
        f"These {growth.tested} students grew {how}{_since(growth)}: {mean.value}, between "
        f"{mean.low} and {mean.high}, where {MIDDLE} is the middle of similar students in this "
        "district."
    )


def _since(growth: GrowthRow) -> str:
    if not growth.since or not growth.tested_on:
        return ""
    far = (growth.tested_on - growth.since).days > FAR_BACK_DAYS
    return f" since {date_format(growth.since, 'F Y' if far else 'F')}"


def _missing(klass: ClassRow) -> str:
    """Say what is missing before growth can be shown."""
    growth = klass.growth
    if growth is None:
        return (
            f"No test of {klass.subject or 'this subject'} has been brought for this school year. "
            "Growth appears when there is one, and an earlier one by the same students."
        )
    has = "None" if not growth.tested else f"{growth.tested}"
    return (
        f"{has} of the {growth.students} students of this class {_have(growth.tested)} this "
        "school year’s newest test and the one before it, in a grade in which enough of the "
        f"district’s students took both. From {FEWEST_STUDENTS} students on it can be said."
    )


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _cautions(growth: GrowthRow) -> Iterator[str]:
    """Say what the figure rests on and what it cannot tell."""
    yield _who_is_in_it(growth)
    among = (
        f"Similar students are those with the same earlier results among the {growth.among} of "
        f"{growth.grades} in this district who took the same tests. Nobody outside is compared."
    )
    if growth.tested > LARGE_PART * growth.among:
        among += (
            f" This class is {100 * growth.tested / growth.among:.0f}% of them, and that draws "
            f"its figure toward {MIDDLE}."
        )
    yield among
    yield _about_the_tests(growth)
    yield (
        "It is one test on one day. One class in twenty lies outside its interval by chance, and "
        "a figure far from the middle is mostly followed by one nearer to it."
    )
    yield (
        "It says nothing about your teaching. Who sits in a class, what was learned elsewhere and "
        "how the day went are all in it."
    )


def _who_is_in_it(growth: GrowthRow) -> str:
    tested_on = f" of {date_format(growth.tested_on)}" if growth.tested_on else ""
    named = f"{growth.term} test{tested_on}" + (f" ({growth.test})" if growth.test else "")
    out = growth.students - growth.tested
    said = f"{growth.tested} of {growth.students} students took the {named} and the one before it"
    said += f", and {growth.two_before} of them also the one before that."
    return said + (f" The other {out} {'is' if out == 1 else 'are'} not in it." if out else "")


def _about_the_tests(growth: GrowthRow) -> str:
    said = "The files do not say how exactly these tests measure"
    if growth.one_student is not None:
        said = (
            "Tests measure with error: the figure of one student alone could lie about "
            f"{growth.one_student} points either way, so none is shown"
        )
    return (
        f"{said}. Because earlier results carry error too, classes whose students did well "
        "before look a few points better than they are, and other classes a few worse."
    )


def _growth(growth: GrowthRow, said: str) -> SafeString | str:
    if growth.mean is None or growth.median is None:
        return ""
    half = 1.96 * SD_OF_PERCENTILES / growth.tested**0.5
    drawing = charts.places(
        [
            _place("On average", growth.mean),
            _place("The student in the middle", growth.median),
        ],
        name=charts.Naming("growth", "Growth of this class among similar students", said),
        usual="Similar students",
        level=95,
        ruler=charts.Ruler((0, 25, 50, 75, 100), ""),
        zone=charts.Zone(MIDDLE - half, MIDDLE + half, "what chance alone does"),
    )
    return charts.figure(
        drawing,
        caption="The class among similar students",
        note=(
            "The dot is the estimate; the bar holds the truth 19 times in 20. In the shaded part "
            f"classes of {growth.tested} lie 19 times in 20 when nothing but chance is at work."
        ),
    )


def _place(label: str, span: Span) -> charts.PlaceRow:
    out = span.low > MIDDLE or span.high < MIDDLE
    return charts.PlaceRow(label, span.value, span.low, span.high, MIDDLE, stands_out=out)


def _objectives(objectives: tuple[ObjectiveRow, ...]) -> SafeString:
    rows = [
        charts.PlaceRow(
            f"{row.code} {row.statement}".strip(), row.right, row.low, row.high, row.usual,
            row.is_next,
        )
        for row in objectives
    ]  # fmt: skip
    marked = sum(row.is_next for row in objectives)
    said = f"{len(rows)} objectives, of which {marked} {'is' if marked == 1 else 'are'} marked."
    drawing = charts.places(
        rows,
        name=charts.Naming("objectives", "Share of items right by objective", said),
        usual="A class of this level",
        level=80,
    )
    return charts.figure(
        drawing,
        caption="All objectives",
        note=(
            "The dot is the expected share of items right; the bar holds the truth 8 times in 10. "
            "The upright line is where a class of this level usually stands. Next learning is "
            "green."
        ),
    )
