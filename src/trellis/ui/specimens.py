"""Make up one of each component for the style guide; nothing here is about a person."""

from __future__ import annotations

from datetime import date

from django import forms

from trellis.ui import charts
from trellis.ui.charts import Naming
from trellis.ui.visibility import COUNTED, ONLY_YOU, TIME_ONLY, shared_with

COLORS = (
    ("paper", "the page"),
    ("sheet", "what one writes on"),
    ("sunk", "footers, disabled"),
    ("ink", "text"),
    ("ink-2", "secondary"),
    ("ink-3", "margin notes"),
    ("rule", "hairlines"),
    ("rule-strong", "control borders"),
    ("margin-line", "the margin"),
    ("green", "act, link, hers"),
    ("green-soft", "the next thing"),
    ("ochre-soft", "waiting"),
    ("clay-soft", "cannot be saved"),
    ("chart-band", "80 or 95%"),
    ("chart-zone", "too small to matter"),
    ("chart-reference", "comparison"),
)


class SpecimenForm(forms.Form):
    """One field of each kind, with who sees it, a hint, and one that cannot be saved."""

    question = forms.CharField(label="Your question", help_text="Kept as you type.")
    target = forms.DateField(
        label="Target date",
        error_messages={"invalid": "November has 30 days. Did you mean November 30?"},
    )
    school = forms.ChoiceField(label="School", choices=[("c", "Cedar Elementary")])
    roster_id = forms.CharField(label="Roster id", disabled=True, initial="Comes from the roster")
    kind = forms.ChoiceField(
        label="One of several",
        choices=[("n", "Noticing"), ("w", "Wondering")],
        widget=forms.RadioSelect,
    )
    support = forms.MultipleChoiceField(
        label="Any of several",
        choices=[("m", "Modeling"), ("r", "Rehearsal"), ("s", "Student work")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="A longer note", widget=forms.Textarea({"rows": 3}))
    counted = forms.BooleanField(label="Count this piece", required=False)
    file = forms.FileField(label="File", required=False)

    visible_to = {
        "question": ONLY_YOU,
        "target": shared_with(["Ben"]),
        "note": shared_with(["Ben", "Chi"]),
        "support": TIME_ONLY,
    }


def all_of_them() -> dict[str, object]:
    """Return what the style guide's template shows."""
    typed = {
        "question": "Who explains when I wait?",
        "target": "31 November",
        "school": "c",
        "kind": "n",
        "support": ["m", "r"],
        "note": "They can explain when I ask twice.",
    }
    return {
        "colors": COLORS,
        "form": SpecimenForm(typed),
        "visible": (
            ONLY_YOU,
            shared_with(["Ben"]),
            shared_with(["Dee"], until=date(2026, 12, 18)),
            COUNTED,
            TIME_ONLY,
        ),
        "verdicts": [charts.verdict(kind) for kind in charts.VERDICT_WORDS],
        "mini": charts.mini(1.1, 1.5, 1.9, key="sg-mini", title="Students explain their thinking"),
        "figures": _figures(),
        "reach": [("most", charts.reach(4)), ("nearly all", charts.reach(5))],
    }


def _figures() -> list[tuple[str, str]]:
    """Return each figure with the margin note that says when to use it."""
    return [
        (
            "evidence as marks, estimate as band; never a line from one to three visits; others "
            "as two dotted lines, only where the owner asks",
            _band(),
        ),
        ("always sums to 100%; the starting assumption is hatched", _share()),
        ("counts by the owner; the target as a dashed step", _checkins()),
        ("any effect; no estimate without its interval", _interval()),
        ("where things stand on a scale with ends; the tick is what is usual", _places()),
        ("staggered starts; the open dot is the reference", _event_study()),
        ("groups before and after matching", _balance()),
        ("milestones above the line, contacts below; a list on a phone", _timeline()),
    ]


def _band() -> str:
    points = [
        charts.BandPoint(date(2025, 9, 9), 1.2, 0.4, 2.0),
        charts.BandPoint(date(2025, 10, 2), 1.15, 0.65, 1.65),
        charts.BandPoint(date(2025, 10, 28), 1.3, 0.9, 1.7),
        charts.BandPoint(date(2025, 11, 20), 1.5, 1.1, 1.9),
    ]
    marks = [
        charts.EvidenceMark(date(2025, 9, 12), 2.0, "a", "own", "your own reading"),
        charts.EvidenceMark(date(2025, 9, 24), 1.0, "b", "visit", "visit, Ben"),
        charts.EvidenceMark(date(2025, 10, 5), 1.3, "c", "class", "24 of 24 answered"),
        charts.EvidenceMark(date(2025, 10, 18), 1.0, "d", "visit", "visit, Ben"),
        charts.EvidenceMark(date(2025, 11, 4), 2.0, "e", "visit", "visit, Chi"),
        charts.EvidenceMark(date(2025, 11, 12), 1.4, "f", "talk", "classroom talk"),
    ]
    name = Naming("sg-band", "Band over time", "A narrowing band from beginning to developing.")
    return charts.figure(
        charts.band(
            points, marks, name=name, others=charts.Between(1.3, 1.9, "middle half of teachers")
        ),
        caption="Band over time with evidence",
        note="Visits are round, class feedback square, own words a diamond, talk six-sided.",
    )


def _share() -> str:
    parts = [
        charts.Share("three visits", 52),
        charts.Share("class feedback", 21),
        charts.Share("your own reading", 9),
        charts.Share("exit tickets", 8),
        charts.Share("starting assumption", 10, assumed=True),
    ]
    name = Naming("sg-share", "Evidence shares", "Visits carry half, class feedback a fifth.")
    return charts.figure(
        charts.share(parts, name=name),
        caption="Evidence shares",
        note="How much of the claim rests on each source.",
    )


def _checkins() -> str:
    weeks = [(18, 6), (25, 7), (32, 9), (39, 8), (46, 11), (57, 13), (64, 14), (71, 16)]
    start = date(2025, 9, 1).toordinal()
    points = [
        charts.CheckIn(date.fromordinal(start + d - 1), n, "met, raised" if n == 13 else "")
        for d, n in weeks
    ]
    targets = [
        charts.Target(date(2025, 9, 18), date(2025, 10, 27), 12, "first target, 12 by Oct 30"),
        charts.Target(date(2025, 10, 27), date(2025, 12, 18), 20, "now 20 by Dec 18"),
    ]
    name = Naming("sg-checkins", "Students of 24 who explained a step", "A rise from 6 to 16.")
    return charts.figure(
        charts.checkins(points, targets, top=24, unit="students", name=name),
        caption="Check-in line with target",
        note="Students of 24: a count, not an estimate.",
    )


def _interval() -> str:
    rows = [
        charts.IntervalRow("Independent visitors", "primary, registered", 0.06, -0.19, 0.31),
        charts.IntervalRow("Own consultants", "shown, does not count", 0.4, 0.14, 0.66, False),
    ]
    name = Naming("sg-interval", "Effects", "The registered measure spans zero.")
    return charts.figure(
        charts.interval(rows, zone=0.15, name=name),
        caption="Interval plot",
        note="Green counts, gray is shown for comparison. The zone is too small to matter.",
    )


def _places() -> str:
    rows = [
        charts.PlaceRow("Compare two fractions and say why", 32, 27, 37, 55, stands_out=True),
        charts.PlaceRow("Build equal fractions with a drawing", 91, 89, 93, 89),
    ]
    name = Naming("sg-places", "Share of items right", "One of two objectives is marked.")
    return charts.figure(
        charts.places(rows, name=name, usual="A class of this level", level=80),
        caption="Places on a scale",
        note="Green stands out, gray does not. The upright line is where a class of this level is.",
    )


def _event_study() -> str:
    found = [(-3, -0.05), (-2, 0.02), (0, 0.06), (1, 0.19), (2, 0.29), (3, 0.36)]
    points = [charts.EventPoint(k, e, e - 0.19, e + 0.19) for k, e in found]
    name = Naming("sg-event", "Event study", "Flat before the start, rising after it.")
    return charts.figure(
        charts.event_study(points, zone=0.15, name=name, start="coaching starts"),
        caption="Event study",
        note="Before in gray, after in green, simultaneous bars.",
    )


def _balance() -> str:
    rows = [
        charts.BalanceRow("Practice, prior spring", 0.31, 0.11),
        charts.BalanceRow("Class results, two years", 0.27, 0.04),
        charts.BalanceRow("Years of teaching", -0.18, -0.03),
    ]
    name = Naming("sg-balance", "Balance", "Three differences shrink after matching.")
    return charts.figure(
        charts.balance(rows, name=name), caption="Balance plot", note="Open before, filled after."
    )


def _timeline() -> str:
    events = [
        charts.TimelineEvent(date(2025, 9, 18), "goal set", done=True, milestone=True),
        charts.TimelineEvent(date(2025, 10, 14), "visit, Ben", done=True),
        charts.TimelineEvent(date(2025, 10, 27), "met, raised", done=True, milestone=True),
        charts.TimelineEvent(date(2025, 11, 18), "visit, Ben", done=False),
        charts.TimelineEvent(date(2025, 12, 18), "target date", done=False, milestone=True),
    ]
    name = Naming("sg-timeline", "The cycle", "Five events from September to December.")
    return charts.figure(
        charts.timeline(events, name=name),
        caption="Timeline",
        note="Filled happened, open is planned.",
        summary="Show as a list",
    )
