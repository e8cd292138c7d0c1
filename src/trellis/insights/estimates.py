"""Read a teacher's evidence as looks, hand it to the diagnosis, and keep what comes back.

The one door from Django to `trellis.diagnosis`; it loads numpy, so import it where it is used.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import isfinite
from types import MappingProxyType
from uuid import UUID

from trellis.diagnosis import norm, practice, signals
from trellis.diagnosis.looks import ELEMENTS, Look, Source, class_answers, talk_rate
from trellis.diagnosis.practice import Settings
from trellis.diagnosis.practice_settings import from_json, to_json
from trellis.diagnosis.rules import Setting
from trellis.diagnosis.signals import Claim
from trellis.diagnosis.sureness import Sure
from trellis.evidence.models import EvidenceItem
from trellis.evidence.models import Source as ItemSource
from trellis.insights.models import Fit, FocusArea, Insight
from trellis.people.models import Section
from trellis.trust import clock

YEARS_READ = 3
NO_GOALS: Mapping[str, date] = MappingProxyType({})
LEAST_SPREAD = 0.8  # between students, on 1 to 5, where a file did not say it
SURE = {
    Sure.NOT_ENOUGH: Insight.Sure.NOT_ENOUGH,
    Sure.EARLY: Insight.Sure.EARLY,
    Sure.FAIRLY: Insight.Sure.FAIRLY,
    Sure.WELL: Insight.Sure.WELL,
}
READ = {
    ItemSource.VISIT: Source.VISIT,
    ItemSource.CLASS_FEEDBACK: Source.CLASS_FEEDBACK,
    ItemSource.SELF_REFLECTION: Source.SELF_REFLECTION,
    ItemSource.TALK: Source.TALK,
}


def piece_of(item: EvidenceItem) -> str:
    """Name the piece that an item belongs to: what is counted or withdrawn as a whole."""
    match item.source:
        case ItemSource.VISIT:
            return f"visit {item.lesson or item.pk}"
        case ItemSource.CLASS_FEEDBACK:
            return f"class {item.section_id} {item.seen_on}"
        case ItemSource.SELF_REFLECTION:
            return f"own {item.seen_on}"
        case ItemSource.TALK:
            return f"talk {item.lesson}"
        case _:
            return f"other {item.pk}"


def looks_of(items: Iterable[EvidenceItem], today: date) -> list[Look]:
    """Return the items that the model reads: three school years, known elements, a value."""
    since = origin(today)
    return [
        _look(item)
        for item in items
        if item.source in READ
        and item.value is not None
        and item.element in ELEMENTS
        and since <= item.seen_on <= today
    ]


def _look(item: EvidenceItem) -> Look:
    source, section = READ[ItemSource(item.source)], str(item.section_id or "")
    level, variance, by = float(item.value or 0.0), 0.0, "own"
    if source == Source.VISIT:
        by = str(item.visitor_id or "unknown")
    elif source == Source.CLASS_FEEDBACK:
        spread = LEAST_SPREAD if item.spread is None else item.spread
        level, variance = class_answers(level, spread, max(item.n, 1))
        by = section or "class"
    elif source == Source.TALK:
        level, variance = talk_rate(level, max(item.n, 1))
        by = section or "lesson"
    reason = item.reason if source == Source.VISIT else ""
    return Look(
        piece_of(item), source, item.element, item.seen_on, level, by, variance, item.n, section,
        reason,
    )  # fmt: skip


def origin(today: date) -> date:
    """Return the day on which time starts for the model."""
    return date(clock.school_year(today) - YEARS_READ, 7, 1)


def setting(
    today: date,
    subjects: Mapping[str, str],
    *,
    goals: Mapping[str, date] = NO_GOALS,
    classes: int = 1,
) -> Setting:
    """Return what is known around the looks; the earlier self ends where this school year began."""
    return Setting(today, date(clock.school_year(today) - 1, 7, 1), subjects, goals, classes)


def goals_of(owners: Iterable[UUID]) -> dict[UUID, dict[str, date]]:
    """Return the elements of each owner's open goals, and the day on which she set them."""
    found: dict[UUID, dict[str, date]] = {owner: {} for owner in owners}
    for area in FocusArea.objects.filter(owner__in=list(found)):
        found[area.owner_id][area.element] = area.since
    return found


def classes_of(owners: Iterable[UUID], today: date) -> dict[UUID, int]:
    """Return how many classes each owner has this school year."""
    found = dict.fromkeys(owners, 0)
    year = clock.school_year(today)
    taught = Section.objects.filter(
        school_year=year, is_active=True, teachings__person__in=list(found)
    )
    for person in taught.values_list("teachings__person", flat=True):
        if person in found:
            found[person] += 1
    return found


def subjects_of(section_ids: Iterable[str]) -> dict[str, str]:
    """Return the subject of each section as it is said within a sentence."""
    rows = Section.objects.filter(pk__in=[s for s in section_ids if s]).values_list("pk", "subject")
    return {str(pk): said_subject(subject) for pk, subject in rows}


def said_subject(subject: str) -> str:
    """Say a subject as it stands within a sentence: "math", but "ELA"."""
    return subject if subject.isupper() else subject.lower()


def claims(looks: Sequence[Look], settings: Settings, around: Setting) -> tuple[Claim, ...]:
    """Return what may be shown to the teacher whose looks these are."""
    read = readable(looks, settings)
    return signals.claims(read, settings, around) if read else ()


def readable(looks: Iterable[Look], settings: Settings) -> list[Look]:
    """Return the looks for which the fit in use has a usual level.

    A source that came after the last scheduled fit counts from the next one on.
    """
    return [look for look in looks if (look.source, look.element) in settings.usual]


def current_settings(today: date) -> Settings:
    """Return the fitted settings in use, or the shipped defaults before the first run."""
    fit = Fit.objects.exclude(hyperparameters=None).first()
    return from_json(fit.hyperparameters) if fit else Settings(origin(today))


def kept_fit(settings: Settings, evidence: Sequence[Sequence[Look]], today: date) -> Fit:
    """Return fitted settings, and where all teachers stand by them, as a row, not yet saved.

    The ends of a band are kept to a tenth of a level: one look more at one colleague hardly ever
    moves them, so that it cannot be read off from one run to the next.
    """
    norms = {
        element: {
            "low": round(band.low, 1),
            "high": round(band.high, 1),
            "off": band.off + 0.05,  # what is rounded away, too
            "teachers": band.teachers,
        }
        for element, band in norm.norms(evidence, settings, today).items()
        if isfinite(band.off)
    }
    return Fit(
        made_at=clock.now(), hyperparameters=to_json(settings), teachers=len(evidence), norms=norms
    )


def norm_of(element: str) -> norm.Norm | None:
    """Return where the middle half of teachers stood at the last run, if it said so."""
    fit = Fit.objects.only("norms").first()
    kept = fit.norms.get(element) if fit else None
    return norm.Norm(**kept) if kept else None


def fit(evidence: Sequence[Sequence[Look]], today: date) -> Settings:
    """Fit the practice model to all teachers' looks."""
    return practice.fit(evidence, origin(today), ELEMENTS)


def numbers_of(claim: Claim) -> dict[str, object]:
    """Return the numbers behind a claim as JSON, so that what was said can be told again."""
    level, difference = claim.level, claim.difference
    return {
        "probability": claim.probability,
        "level": level.value,
        "low": level.interval.low,
        "high": level.interval.high,
        "n": level.n,
        "design": level.design,
        "difference": difference.value,
        "difference_low": difference.interval.low,
        "difference_high": difference.interval.high,
        "sources": {source.value: share for source, share in claim.shares.sources.items()},
        "pieces": dict(claim.shares.pieces),
        "assumption": claim.shares.assumption,
        "first": claim.first.isoformat(),
        "last": claim.last.isoformat(),
    }
