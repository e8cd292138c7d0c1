"""Decide who may read insights, evidence and class figures: their owners, and by name others."""

from django.db.models import Q

from trellis.evidence.models import EvidenceItem
from trellis.insights.models import Insight, LessonTalk
from trellis.people.models import Person, Section
from trellis.trust.policies import Policy, shared_ids


class InsightPolicy(Policy[Insight]):
    """An insight is its owner's alone, and of those with whom she shared it by name."""

    model = Insight
    called = "an insight"
    kind = "insights.Insight"

    def may_read(self, who: Person, what: Insight) -> bool:
        return (
            what.owner_id == who.pk
            or shared_ids(who, self.kind).filter(subject_id=what.pk).exists()
        )

    def readable_by(self, who: Person) -> Q:
        return Q(owner=who) | Q(pk__in=shared_ids(who, self.kind))

    def owner_of(self, what: Insight) -> Person:
        return what.owner


class EvidencePolicy(Policy[EvidenceItem]):
    """All that is held about a teacher's practice is hers; a share names one piece."""

    model = EvidenceItem
    called = "a piece of evidence"
    kind = "evidence.EvidenceItem"

    def may_read(self, who: Person, what: EvidenceItem) -> bool:
        return (
            what.owner_id == who.pk
            or shared_ids(who, self.kind).filter(subject_id=what.pk).exists()
        )

    def readable_by(self, who: Person) -> Q:
        return Q(owner=who) | Q(pk__in=shared_ids(who, self.kind))

    def owner_of(self, what: EvidenceItem) -> Person:
        return what.owner


class LessonTalkPolicy(Policy[LessonTalk]):
    """What a lesson's talk shows is for the teacher who brought it; there is no way to share it."""

    model = LessonTalk
    called = "what a lesson’s talk shows"

    def may_read(self, who: Person, what: LessonTalk) -> bool:
        return what.owner_id == who.pk

    def readable_by(self, who: Person) -> Q:
        return Q(owner=who)

    def owner_of(self, what: LessonTalk) -> Person:
        return what.owner


class ClassPolicy(Policy[Section]):
    """A class's figures, and its students' names, are for the class's own teachers."""

    model = Section
    called = "a class"

    def may_read(self, who: Person, what: Section) -> bool:
        return what.teachings.filter(person=who).exists()

    def readable_by(self, who: Person) -> Q:
        return Q(teachings__person=who)

    def owner_of(self, _what: Section) -> None:
        return None


insights = InsightPolicy()
evidence = EvidencePolicy()
classes = ClassPolicy()
talks = LessonTalkPolicy()
