"""Draw a goal's check-ins: the owner's own counts against each target that she set."""

from dataclasses import replace
from datetime import timedelta

from django.utils.safestring import SafeString

from trellis.plans.queries import GoalRow, Lineage, MeasureRow
from trellis.ui import charts

ROOM_FOR_A_NOTE = 18  # letters; a longer note stands in the table of check-ins alone
A_WHILE = timedelta(days=42)  # how far a target without a day is drawn


def check_in_figure(lineage: Lineage) -> SafeString | None:
    """Return the counts of a goal and of those that it was raised from; None without a measure."""
    measured = [g for g in reversed(lineage.goals) if g.measure]
    newest = lineage.newest
    if not measured or newest.measure is None:
        return None
    points = [p for goal in measured for p in _points(goal, is_first=goal is measured[0])]
    targets = [_target(goal) for goal in measured]
    # A goal that was just raised stands where the earlier one arrived.
    stands = next((m for m in _measures(lineage) if m.last), newest.measure)
    words, last = stands.last_words, stands.last
    drawing = charts.checkins(
        points,
        targets,
        top=newest.measure.out_of or max([t.count for t in targets] + [p.count for p in points]),
        unit=newest.measure.unit,
        name=charts.Naming(
            f"g{newest.id.hex[:12]}",
            newest.measure.what,
            f"{words} at the newest look. The target is {newest.measure.target}.",
        ),
    )
    caption = f"{words} on {last.on:%B} {last.on.day}" if last else f"{words} at the start"
    note = f"{newest.measure.what[:1].upper()}{newest.measure.what[1:]}."
    return charts.figure(
        drawing, caption=caption, note=f"{note} Your own count, not an estimate.", level=3
    )


def _measures(lineage: Lineage) -> list[MeasureRow]:
    return [g.measure for g in lineage.goals if g.measure]


def _points(goal: GoalRow, *, is_first: bool) -> list[charts.CheckIn]:
    if goal.measure is None:
        return []
    counts = [charts.CheckIn(c.on, c.value, _brief(c.note)) for c in goal.measure.counts]
    if counts and not goal.is_open:
        counts[-1] = replace(counts[-1], note="met, raised" if goal.state == "raised" else "met")
    # A raised goal starts where the earlier one arrived: that dot is drawn already.
    if is_first and not any(c.day <= goal.set_on for c in counts):
        counts.insert(0, charts.CheckIn(goal.set_on, goal.measure.baseline, "the start"))
    return counts


def _brief(note: str) -> str:
    return note if len(note) <= ROOM_FOR_A_NOTE else ""


def _target(goal: GoalRow) -> charts.Target:
    if goal.measure is None:
        raise ValueError("a target needs a measure")
    counts = goal.measure.counts
    until = goal.closed_on or goal.due_on or goal.set_on + A_WHILE
    last = max([until, goal.set_on + timedelta(days=1), *(c.on for c in counts[-1:])])
    return charts.Target(goal.set_on, last, goal.measure.target, f"target {goal.measure.target}")
