"""Who reads a review: participants first, then the provider, then the district."""

import pytest
from django.http import Http404

from tests.cast import CAST, a_person, ana, ben, chi, dee, eli, fay, grant, gus, hana
from tests.impact.worlds import a_plan, a_review, took_part
from trellis.impact.models import ProgramReview, ReadOut
from trellis.impact.policies import ReviewPolicy
from trellis.people.models import Person, Role
from trellis.trust import clock

pytestmark = pytest.mark.django_db


def a_read_out(review: ProgramReview, *, released: bool = False) -> ReadOut:
    return ReadOut.objects.create(
        review=review,
        made_at=clock.now(),
        verdict=ReadOut.Verdict.CANNOT_TELL,
        figures={},
        snapshot="",
        seed=1,
        trellis_version="0",
        released_at=clock.now() if released else None,
    )


def readers(review: ProgramReview) -> set[str]:
    """The cast who may read it, by predicate; the filter must say the same."""
    policy, who = ReviewPolicy(), [person() for person in CAST]
    by_predicate = {
        p.given_name for p in who if policy.may_read(Person.objects.get(pk=p.pk), review)
    }
    by_filter = {p.given_name for p in who if review in policy.visible(p)}
    assert by_predicate == by_filter
    return by_predicate


def test_a_registered_review_is_read_by_those_who_run_programs() -> None:
    review = a_review()
    took_part(ana(), review.program)

    assert readers(review) == {"Eli", "Gus"}


def test_participants_read_a_read_out_before_the_district() -> None:
    review = a_review()
    took_part(ana(), review.program)
    a_read_out(review)

    assert readers(review) == {"Ana", "Eli", "Gus"}


def test_the_provider_reads_its_own_programs_alone() -> None:
    own = a_review(a_plan("northstar-literacy"), provider="northstar")
    other = a_review(a_plan("lumenpd-library"), provider="lumenpd")
    a_read_out(own)
    a_read_out(other)

    assert "Fay" in readers(own)
    assert "Fay" not in readers(other)


def test_an_opened_read_out_is_read_by_schools_and_not_by_administration() -> None:
    review = a_review()
    a_read_out(review, released=True)

    assert readers(review) == {"Ana", "Ben", "Chi", "Dee", "Eli", "Gus"}
    assert not ReviewPolicy().visible(hana()).exists()


def test_a_consultant_whose_contract_ended_reads_nothing_more() -> None:
    review = a_review(a_plan("northstar-literacy"), provider="northstar")
    a_read_out(review)
    former = grant(a_person("Former"), Role.CONSULTANT, scope="northstar")
    former.role_grants.update(ends_on="2026-01-01")

    with pytest.raises(Http404):
        ReviewPolicy().open(Person.objects.get(pk=former.pk), review.pk)


def test_everyone_of_the_cast_is_asked() -> None:
    assert {p.__name__ for p in CAST} == {
        f.__name__ for f in (ana, ben, chi, dee, eli, fay, gus, hana)
    }
