"""Say of a rule what it needs before it speaks, and how it sounds, for page and reference."""

from datetime import date
from types import MappingProxyType

from trellis.diagnosis import practice
from trellis.diagnosis.practice import Settings
from trellis.diagnosis.rules import Case, Rule, Setting
from trellis.diagnosis.sureness import BY_CHANCE

ELEMENT = "instruction.thinking"
DAY, SINCE, GOAL_SET = date(2026, 3, 11), date(2025, 7, 1), date(2025, 10, 2)
LEVELS = "somewhere between beginning and developing"


def needs(rule: Rule) -> tuple[str, ...]:
    """Return what a rule needs before it speaks, in the middle of a sentence."""
    found = [f"at least {rule.fewest_pieces} pieces of evidence on the element"]
    if rule.fewest_others:
        found.append(f"looks at {rule.fewest_others} other elements")
    if rule.fewest_each_side:
        least = rule.fewest_each_side
        found.append(f"at least {least} of them before the change and {least} after")
    if rule.least_z:
        found.append(
            "both students’ answers and visits among them, and more than "
            f"{rule.least_z:g} standard errors between the two, and so many that chance "
            f"alone would say so of any element to at most {BY_CHANCE:.0%} of teachers"
        )
    return tuple(found)


def examples(rule: Rule) -> tuple[tuple[str, str], ...]:
    """Return title and text of a claim in each direction, as a reader would read them."""
    settings = Settings(date(2023, 7, 1))
    around = Setting(DAY, SINCE, goals=MappingProxyType({ELEMENT: GOAL_SET}))
    case = Case(ELEMENT, practice.joint((), settings), around)
    return tuple(rule.say(case, rule.kind(mean), mean, LEVELS) for mean in (0.5, -0.5))
