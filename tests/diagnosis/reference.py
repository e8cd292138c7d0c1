"""Write docs/reference/insight-rules.md from the rules: python -m tests.diagnosis.reference."""

from pathlib import Path

from trellis.diagnosis import doubt, sureness
from trellis.diagnosis.doubt import MINUTES
from trellis.diagnosis.rules import RULES, Rule
from trellis.diagnosis.rules_in_words import examples, needs
from trellis.diagnosis.sureness import Sure

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "insight-rules.md"

HEAD = f"""# The rules of insights

Written from `trellis.diagnosis.rules` by `python -m tests.diagnosis.reference`; a test fails when
this page is older than the rules. What the numbers are and how they were checked:
[insights](../methods/insights.md), [practice](../methods/practice.md).

Every rule compares one element of a teacher's practice with something of her own, never with
another person. It speaks only when the probability that the difference goes in the stated direction
by more than *delta* is at least {sureness.EARLY:.2f}. Delta is {sureness.DELTA_IN_SD} standard
deviations of teachers' levels in the district, and at least {sureness.LEAST_DELTA:.2f} of a level.

## How sure, in words

| probability | words |
|---|---|
| below {sureness.EARLY:.2f} | {Sure.NOT_ENOUGH}: no claim is shown |
| from {sureness.EARLY:.2f} | {Sure.EARLY} |
| from {sureness.FAIRLY:.2f} | {Sure.FAIRLY} |
| from {sureness.WELL:.2f} | {Sure.WELL} |

## What is shown of what the rules say

- One claim for an element: that students and visits see it differently comes before anything that
  the two say together; else the surest.
- Strengths first; at most {sureness.MOST_NEXT_STEPS} next step, and never more next steps than
  strengths; at most one disagreement of sources, which is neither; at most {sureness.MOST_CLAIMS}
  in all.
- The mean probability of a wrong sign over all that a teacher is shown, of all rules together, is
  at most {sureness.MOST_WRONG:.0%}: the least sure claims are dropped until it is.
- What she disagreed with, dismissed or muted is not shown until she answers otherwise.
"""


def as_markdown() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_section(rule) for rule in RULES), _doubt()])


def _section(rule: Rule) -> str:
    lines = [
        f"## `{rule.name}`, version {rule.version}: {rule.reference}",
        "",
        f"- **Compares.** {rule.compares}",
        f"- **Speaks when** there are {', '.join(needs(rule))}.",
        f"- **Wrong when.** {rule.wrong}",
        f"- **Leads to.** {' or '.join(dict.fromkeys(kind.value for kind in rule.kinds))}.",
        "",
        *(f"> **{title}.** {text}\n" for title, text in examples(rule)),
    ]
    return "\n".join(lines)


def _doubt() -> str:
    looks = ", ".join(f"{act.value} ({minutes} minutes)" for act, minutes in MINUTES.items())
    return f"""## What is said beside every claim

**What else could explain it**, from the evidence: all visits saw one class of several; one visitor
made at least {doubt.MOST_BY_ONE:.0%} of them; they fell within {doubt.CLOSE_TOGETHER_DAYS} days;
the newest look is more than {doubt.OLD_AFTER_DAYS} days old; there is only one kind of look, or
more than {doubt.MOST_BY_ONE_SOURCE:.0%} of what is known rests on one; students and visits lie more
than {sureness.SEE_DIFFERENTLY:g} standard errors apart; more than {doubt.MOST_ASSUMED:.0%} rests on
the starting assumption. Then one explanation that belongs to the element.

**What would settle it**, cheapest first, each with the part by which it would narrow the band:
{looks}.
"""


if __name__ == "__main__":
    REFERENCE.write_text(as_markdown())
