"""Draw the figures of a read-out: effects, before and after the start, alike at the start."""

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from trellis.impact import words
from trellis.ui import charts
from trellis.ui.charts import Naming

if TYPE_CHECKING:
    from trellis.impact.figures import Figures


def effects(figures: "Figures", *, zone: float, program: str) -> SafeString | None:
    """Draw every outcome against zero and the zone too small to matter; None without any."""
    if not figures.effects:
        return None
    rows = [
        charts.IntervalRow(*words.label(e), e.estimate, e.low, e.high, counts=e.counts)
        for e in figures.effects
    ]
    said = ". ".join(
        f"{row.label} {charts.signed(row.estimate)}, from {charts.signed(row.low)} to "
        f"{charts.signed(row.high)}"
        for row in rows
    )
    gray = " Gray: does not count toward the verdict." if any(not r.counts for r in rows) else ""
    name = Naming("effects", f"Effects of {program}", f"{said}.")
    return charts.figure(
        charts.interval(rows, name=name, zone=zone),
        caption="Effect on teaching and on students",
        note=f"Standard deviations, with 95% intervals.{gray}",
    )


def events(figures: "Figures", *, zone: float, program: str) -> SafeString | None:
    """Draw the years before and after the start; None where schools did not start in turn."""
    if not figures.events:
        return None
    points = [charts.EventPoint(e.period, e.estimate, e.low, e.high) for e in figures.events]
    said = ". ".join(
        f"{abs(p.period)} {'years' if abs(p.period) != 1 else 'year'} "
        f"{'before' if p.period < 0 else 'after'}: {charts.signed(p.estimate)}"
        for p in points
    )
    name = Naming("events", f"Before and after the start of {program}", f"{said}.")
    drawing = charts.event_study(
        points,
        name=name,
        zone=zone,
        periods="school years before and after the start",
        start="program starts",
    )
    return charts.figure(
        drawing,
        caption="Before and after the start",
        note="Gray: before, where there should be no difference. Green: after. The bars hold all "
        "points at once with 95%.",
    )


def balance(figures: "Figures") -> SafeString | None:
    """Draw how alike the groups were at the start; None where it was not measured."""
    if not figures.balance:
        return None
    rows = [charts.BalanceRow(b.name, b.before, b.after) for b in figures.balance]
    said = ". ".join(f"{r.label}: {charts.signed(r.before)}" for r in rows)
    return charts.figure(
        charts.balance(rows, name=Naming("balance", "Alike at the start", f"{said}.")),
        caption="Were the groups alike at the start?",
        note="Open: all together. Filled: within the blocks of the draw. Inside the green band no "
        "adjustment is needed, inside the gray one it is made.",
    )
