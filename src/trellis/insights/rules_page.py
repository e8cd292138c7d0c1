"""Show the rules by which Trellis speaks, from the rules themselves; it loads numpy."""

from dataclasses import dataclass

from trellis.diagnosis import doubt, sureness
from trellis.diagnosis.rules import RULES, Rule
from trellis.diagnosis.rules_in_words import examples, needs
from trellis.diagnosis.sureness import Sure

KIND_WORDS = {
    "strength": "a strength",
    "next step": "a possible next step",
    "disagreement": "a question, neither a strength nor a next step",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as a reader reads it."""

    name: str
    version: str
    reference: str
    compares: str
    needs: str
    wrong: str
    leads_to: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    """All rules, and what decides over all of them together."""

    rules: tuple[RuleRow, ...]
    words: tuple[tuple[str, str], ...]  # chances in a hundred, and the words for them
    delta: str
    most_claims: int
    most_steps: int
    most_wrong: int
    looks: tuple[tuple[str, int], ...]


def page() -> RulesPage:
    """Return what the page of the rules says."""
    thresholds = (
        (sureness.EARLY, Sure.EARLY),
        (sureness.FAIRLY, Sure.FAIRLY),
        (sureness.WELL, Sure.WELL),
    )
    words = [(f"from {100 * least:.0f} in 100", said.value) for least, said in thresholds]
    return RulesPage(
        rules=tuple(_row(rule) for rule in RULES),
        words=((f"below {100 * sureness.EARLY:.0f} in 100", Sure.NOT_ENOUGH.value), *words),
        delta=f"{sureness.DELTA_IN_SD:g}",
        most_claims=sureness.MOST_CLAIMS,
        most_steps=sureness.MOST_NEXT_STEPS,
        most_wrong=round(100 * sureness.MOST_WRONG),
        looks=tuple((act.value, minutes) for act, minutes in doubt.MINUTES.items()),
    )


def _row(rule: Rule) -> RuleRow:
    kinds = dict.fromkeys(KIND_WORDS[kind.value] for kind in rule.kinds)
    return RuleRow(
        name=rule.name,
        version=rule.version,
        reference=rule.reference,
        compares=rule.compares,
        needs=f"There are {', '.join(needs(rule))}.",
        wrong=rule.wrong,
        leads_to=f"To {' or '.join(kinds)}.",
        examples=examples(rule),
    )
