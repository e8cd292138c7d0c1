"""Say what an import changes, or what undoing takes back, as one reads it at a glance."""

from dataclasses import dataclass

from trellis.trust.loading import Change
from trellis.trust.taking_back import TakenBack

ONES = {"people": "person", "students": "student"}
LINKS = {"teachers of sections", "enrollments", "participation", "cost lines"}
WHOLE = {"added": "All new ones", "changed": "All changes", "gone": "All that leave"}


@dataclass(frozen=True, slots=True)
class BackRow:
    """What undoing an import takes back, or took back, of one kind."""

    kind: str
    told: str
    staying: str


def told(change: Change) -> str:
    """Return "12 new, 3 leave, 1 renamed"; nothing where nothing changes."""
    closed = change.leaving - change.gone
    other = max(0, change.changed - change.renamed - change.back - closed)
    parts = (
        (change.added, "new"),
        (change.leaving, _leave(change)),
        (change.back, "comes back" if change.back == 1 else "come back"),
        (change.renamed, "renamed"),
        (other, "changed"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in parts if count)


def _leave(change: Change) -> str:
    if change.kind in ONES:
        return "leaves" if change.leaving == 1 else "leave"
    if change.kind == "sections of earlier years":
        return "kept as history"
    if change.kind.startswith("roles"):
        return "ends" if change.leaving == 1 else "end"
    return "taken out" if change.kind in LINKS else "set aside"


def back_row(back: TakenBack) -> BackRow:
    """Say what goes back, and apart from it what stays because people have built on it."""
    parts = (
        (back.going, "taken out again"),
        (back.restored, "as before the import"),
        (back.returning, "back"),
        (back.kept, "left as somebody has set it since"),
    )
    words = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    return BackRow(back.kind, words, _staying(back))


def _staying(back: TakenBack) -> str:
    if not back.staying:
        return ""
    names = f" ({', '.join(back.names)}{' …' if back.staying > len(back.names) else ''})"
    how = "set aside, not deleted" if back.set_aside else "kept"
    return f"{back.staying:,} {how}, since people have worked with it{names if back.names else ''}"
