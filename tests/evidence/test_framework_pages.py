"""The pages of frameworks: read by whoever works here, managed by Hana, private texts stay here."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import a_person, ana, hana
from tests.evidence.test_frameworks import LICENSED, PRIVATE, bring, in_use
from tests.interchange.case.packages import a_package, an_association, an_item, name
from tests.promises.introspection import addresses
from trellis.evidence import frameworks
from trellis.evidence.models import Adoption, CrosswalkLink, Framework, FrameworkVersion
from trellis.people.models import Person
from trellis.trust.models import Event

pytestmark = pytest.mark.django_db
SECRET = "Only-this-district-may-read-this"


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def a_file(document: Any, called: str = "tiny.json") -> SimpleUploadedFile:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return SimpleUploadedFile(called, data)


def send(document: Any, **more: str) -> Any:
    return as_(hana()).post(reverse("evidence:frameworks"), {"file": a_file(document)} | more)


def test_a_file_is_read_shown_with_what_was_read_past_and_waits_until_it_is_adopted() -> None:
    document = a_package(CFItems=[an_item(1, color="red"), an_item(2)])

    answer = send(document, license_title="CC BY 4.0", attribution="Tiny State")
    version = FrameworkVersion.objects.get()
    page = words(as_(hana()).get(answer["Location"]))

    assert "/CFItems/0/color" in page
    assert "Put it in use" in page
    assert not Adoption.objects.exists()
    as_(hana()).post(reverse("evidence:adopt_version", args=[version.pk]))
    assert Adoption.objects.get().version == version
    assert Event.objects.filter(kind="FrameworkAdopted", by=hana()).exists()


def test_a_file_that_cannot_be_taken_is_answered_with_every_problem_and_changes_nothing() -> None:
    document = a_package()
    del document["CFItems"][0]["fullStatement"]

    answer = send(document, kind="practice framework")

    assert answer.status_code == 422
    page = words(answer)
    assert "/CFItems/0/fullStatement" in page
    assert "only with its license" in page
    assert not Framework.objects.exists()


def test_a_new_version_says_what_it_would_change_before_it_does() -> None:
    in_use(a_package())
    later = bring(a_package(CFItems=[an_item(1, fullStatement="In other words"), an_item(3)],
                            CFAssociations=[]))  # fmt: skip

    page = words(as_(hana()).get(reverse("evidence:version", args=[later.pk])))

    assert "1 item added, 1 changed, 1 gone, 0 as before" in page
    assert "<del>Statement 1</del>" in page


def test_a_teacher_reads_a_framework_in_use_and_none_that_waits() -> None:
    version = bring(a_package())
    address = reverse("evidence:framework", args=[version.framework_id])
    assert as_(ana()).get(address).status_code == 404

    frameworks.adopt(version, by=hana())

    page = words(as_(ana()).get(address))
    assert "Statement 2" in page
    assert "CC BY 4.0" in page
    assert "Take it out of use" not in page


def test_items_are_found_by_code_or_words() -> None:
    version = in_use(a_package(CFItems=[an_item(n, humanCodingScheme=f"N.{n}") for n in (1, 2)]))

    page = words(
        as_(ana()).get(reverse("evidence:framework", args=[version.framework_id]), {"words": "N.2"})
    )

    assert "Statement 2" in page
    assert "Statement 1" not in page
    assert "1 of 2" in page


def test_a_framework_that_may_leave_is_saved_as_package_or_table() -> None:
    version = in_use(a_package())
    address = reverse("evidence:version_file", args=[version.pk])

    package, table = as_(hana()).get(address), as_(hana()).get(address, {"as": "table"})

    assert package.content.decode() == version.package
    assert table.content.startswith(b"Identifier,Full Statement")
    assert "attachment" in table["Content-Disposition"]


def test_the_words_of_practice_say_what_they_are_not_and_which_standards_ask_for_them() -> None:
    frameworks.bring_shipped()
    in_use(a_package(CFItems=[an_item(1, humanCodingScheme="N.1")], CFAssociations=[]))
    frameworks.bring_crosswalk(
        b"from,relation,to\nN.1,isRelatedTo,instruction.thinking\n", "walk.csv", by=hana()
    )

    page = words(as_(ana()).get(reverse("evidence:practice")))

    assert "It is a shared language, not a measure." in page
    assert 'id="instruction.thinking"' in page
    assert "Which standards ask for it (1)" in page
    assert "<strong>N.1</strong> Statement 1" in page
    assert "walk.csv, Hana" in page


def test_a_table_of_relations_is_taken_whole_or_answered() -> None:
    frameworks.bring_shipped()
    address = reverse("evidence:crosswalk")
    bad = a_file(b"from,relation,to\nN.1,isRelatedTo,culture.support\n", "walk.csv")
    good = a_file(b"from,relation,to\nculture.support,isRelatedTo,agency.autonomy\n", "walk.csv")

    refused, taken = as_(hana()).post(address, {"file": bad}), as_(hana()).post(
        address, {"file": good}
    )  # fmt: skip

    assert refused.status_code == 422
    assert "Bring its framework first" in words(refused)
    assert taken.status_code == 302
    assert CrosswalkLink.objects.count() == 1
    assert "Supportive learning environment" in words(as_(hana()).get(address))


@pytest.mark.parametrize("where", ["evidence:frameworks", "evidence:crosswalk"])
def test_a_list_costs_the_same_for_two_and_for_many(where: str) -> None:
    def cost(count: int) -> int:
        for n in range(count):
            top = f"{n:08x}-1111-4000-8000-{count:012x}"
            document = a_package(CFAssociations=[an_association(name(1), name(800 + n + count),
                                                                "isRelatedTo")])  # fmt: skip
            document["CFDocument"] |= {"identifier": top, "title": f"Standards {top}"}
            in_use(document, LICENSED)
        client = as_(hana())
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(where))
        return len(asked)

    assert cost(2) == cost(12)


def test_no_address_lets_a_private_framework_out_to_those_who_do_not_work_here() -> None:
    version = in_use(a_package(CFItems=[an_item(1, fullStatement=SECRET)]), PRIVATE)
    frameworks.bring_shipped()
    walk = f"from,relation,to\n{name(1)},isRelatedTo,instruction.thinking\n".encode()
    frameworks.bring_crosswalk(walk, "walk.csv", by=hana())
    assert SECRET in words(as_(ana()).get(reverse("evidence:practice")))
    outside = [Client(), as_(a_person("Nobody", "Yet"))]
    arguments = [[], [version.pk], [version.framework_id]]

    for url in addresses():
        if url.startswith(("evidence:", "trust:", "web:explore", "web:today")):
            for args in arguments:
                try:
                    address = reverse(url, args=args)
                except Exception:  # noqa: S112 - an address that takes other things
                    continue
                for client in outside:
                    answer = client.get(address)
                    if not getattr(answer, "is_async", False):
                        assert SECRET.encode() not in answer.getvalue(), f"{address} lets it out"


def test_no_file_that_leaves_holds_a_private_framework_whoever_asks() -> None:
    version = in_use(a_package(CFItems=[an_item(1, fullStatement=SECRET)]), PRIVATE)
    client = as_(hana())

    for query in ("", "?as=table"):
        answer = client.get(reverse("evidence:version_file", args=[version.pk]) + query)
        assert answer.status_code == 403
        assert "It stays here." in words(answer)
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert SECRET.encode() not in client.get(reverse("trust:download")).getvalue()
