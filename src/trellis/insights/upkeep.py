"""Say how teachers answer what each rule claims, in numbers too large to tell who answered.

A dismissal is a teacher's own judgment and private. Counted over many it judges the rule.
"""

from collections import Counter
from dataclasses import dataclass

from trellis.insights.models import Insight, Reply
from trellis.trust import suppression
from trellis.trust.suppression import Cell, Count


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How a version of a rule is received: teachers it spoke to, and what they answered."""

    rule: str
    version: str
    teachers: int
    not_me: Cell[Count]
    differently: Cell[Count]


def rules() -> list[RuleRow]:
    """Return each rule that spoke to enough teachers, with answers where they may be shown."""
    told = Insight.objects.order_by().values_list("rule", "rule_version", "owner").distinct()
    spoke = Counter((rule, version) for rule, version, _owner in told)
    return [
        _row(rule, version, teachers)
        for (rule, version), teachers in sorted(spoke.items())
        if teachers >= suppression.TEACHERS
    ]


def _row(rule: str, version: str, teachers: int) -> RuleRow:
    said = Reply.objects.filter(rule=rule, rule_version=version)
    answers = {
        answer: said.filter(answer=answer).values("owner").distinct().count()
        for answer in (Reply.Answer.NOT_ME, Reply.Answer.DISAGREE)
    }
    cells = suppression.choices(answers, population=teachers)
    return RuleRow(
        rule, version, teachers, cells[Reply.Answer.NOT_ME], cells[Reply.Answer.DISAGREE]
    )
