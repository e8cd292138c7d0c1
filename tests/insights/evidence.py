"""Put evidence about a teacher into the database, as an import would."""

from datetime import date, timedelta

from tests.cast import a_section, ana, ben, chi
from trellis.evidence.models import EvidenceItem, Source
from trellis.people.models import Person, Section
from trellis.trust import clock

THINKING = "instruction.thinking"
SUPPORT = "culture.support"
CHECKS = "instruction.checks"
FALL = date(2025, 9, 10)


def a_visit(
    owner: Person, by: Person, on: date, levels: dict[str, float], section: Section | None = None
) -> list[EvidenceItem]:
    return [
        EvidenceItem.objects.create(
            owner=owner,
            source=Source.VISIT,
            element=element,
            seen_on=on,
            value=level,
            lesson=f"{by.given_name} {on}",
            visitor=by,
            section=section or a_section(owner),
            file="visit_notes.csv",
            row=214,
            added_at=clock.now(),
        )
        for element, level in levels.items()
    ]


def class_answers(owner: Person, on: date, means: dict[str, float]) -> list[EvidenceItem]:
    return [
        EvidenceItem.objects.create(
            owner=owner,
            source=Source.CLASS_FEEDBACK,
            element=element,
            seen_on=on,
            value=mean,
            spread=1.0,
            n=24,
            section=a_section(owner),
            file="class_feedback.csv",
            row=12,
            added_at=clock.now(),
        )
        for element, mean in means.items()
    ]


def anas_year() -> Person:
    """Ana: eight visits by Ben and Chi, and her class asked twice. Warm; explanations are short."""
    owner = ana()
    for i in range(8):
        levels = {THINKING: 0.0 if i % 2 else 1.0, SUPPORT: 3.0, CHECKS: 2.0}
        a_visit(owner, chi() if i % 3 == 0 else ben(), FALL + timedelta(days=20 * i), levels)
    for on in (date(2025, 10, 2), date(2026, 1, 20)):
        class_answers(owner, on, {THINKING: 2.2, SUPPORT: 4.6, CHECKS: 3.4})
    return owner
