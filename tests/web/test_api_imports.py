"""Other systems send files: by token, once for each key, checked and guarded like any other."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.cast import hana
from tests.interchange import tiny
from trellis.evidence import imports, systems
from trellis.evidence.models import Import, SystemToken
from trellis.people.models import Section
from trellis.trust import clock

pytestmark = pytest.mark.django_db
SENT = "/api/imports/"


@pytest.fixture(autouse=True)
def _nothing_is_left_over() -> Iterator[None]:
    yield
    for brought in Import.objects.all():
        imports.forget(brought)
    left = [path.name for path in Path(settings.TRELLIS_UPLOADS).glob(".sent-*")]
    assert not left


@pytest.fixture(name="key")
def _key() -> str:
    return systems.make_token("Nightly export", by=hana())[1]


@pytest.fixture(name="district")
def _district(tmp_path: Path) -> bytes:
    folder = tiny.write_district(tmp_path / "district")
    members = {path.name: path.read_bytes() for path in folder.iterdir()}
    return tiny.write_zip(tmp_path / "all.zip", members).read_bytes()


def send(body: bytes, key: str, *, apply: str = "no", **headers: str) -> HttpResponse:
    sent = {"Authorization": f"Bearer {key}", "X-File-Name": "district.zip", **headers}
    return Client().post(  # type: ignore[return-value]  # the client's answer is a response
        f"{SENT}?apply={apply}",
        body,
        content_type="application/zip",
        headers={name: value for name, value in sent.items() if value},
    )


def said(answer: HttpResponse) -> dict[str, object]:
    return json.loads(answer.content)  # type: ignore[no-any-return]  # an object by the reference


def follow(answer: HttpResponse, key: str) -> dict[str, object]:
    return said(Client().get(answer["Location"], headers={"Authorization": f"Bearer {key}"}))


def test_sound_files_are_checked_and_wait_for_a_person(key: str, district: bytes) -> None:
    answer = send(district, key)

    assert answer.status_code == 202
    told = follow(answer, key)
    assert told["state"] == "previewed"
    # Of three results one has no score yet.
    assert [said["code"] for said in told["findings"]] == ["row.not_kept"]
    assert {"kind", "added", "changed", "gone", "same"} == set(told["changes"][0])  # type: ignore[index]
    assert not Section.objects.exists()


def test_sound_files_are_applied_when_the_system_asks_for_it(key: str, district: bytes) -> None:
    answer = send(district, key, apply="if-sound")

    assert follow(answer, key)["state"] == "applied"
    assert Section.objects.exists()


def test_files_with_problems_change_nothing_and_say_what_is_wrong(key: str) -> None:
    text = tiny.FILES["staff.csv"].replace("2026", "soon").encode()

    answer = send(text, key, apply="if-sound", **{"X-File-Name": "staff.csv"})

    told = follow(answer, key)
    assert told["state"] == "refused"
    first = told["findings"][0]  # type: ignore[index]
    assert list(first) == [
        "severity", "code", "file", "row", "field", "found", "expected", "advice",
    ]  # fmt: skip
    assert (first["file"], first["row"], first["field"]) == ("staff.csv", 2, "school_year")


def test_the_same_key_with_the_same_file_begins_one_import(key: str, district: bytes) -> None:
    first = send(district, key, **{"Idempotency-Key": "night-1"})
    again = send(district, key, **{"Idempotency-Key": "night-1"})

    assert (first.status_code, again.status_code) == (202, 202)
    assert first["Location"] == again["Location"]
    assert Import.objects.count() == 1


def test_the_same_key_with_another_file_or_wish_is_refused(key: str, district: bytes) -> None:
    send(district, key, **{"Idempotency-Key": "night-1"})

    for answer in (
        send(district + b" ", key, **{"Idempotency-Key": "night-1"}),
        send(district, key, apply="if-sound", **{"Idempotency-Key": "night-1"}),
    ):
        assert answer.status_code == 409
        assert "other content" in answer.content.decode()
    assert Import.objects.count() == 1


def test_nobody_gets_in_without_a_token_that_is_valid_today(key: str, district: bytes) -> None:
    token = SystemToken.objects.get()
    refused = [send(district, ""), send(district, "trellis_x"), send(district, key[:-1])]
    token.ends_on = clock.today() - timedelta(days=1)
    token.save()
    refused.append(send(district, key))
    token.ends_on = clock.today() + timedelta(days=1)
    token.save()
    systems.revoke(token, by=hana())
    refused.append(send(district, key))

    assert [answer.status_code for answer in refused] == [401] * 5
    assert refused[0]["WWW-Authenticate"] == "Bearer"
    assert not Import.objects.exists()


def test_a_token_sees_what_it_sent_and_nothing_else(key: str, district: bytes) -> None:
    sent = send(district, key)
    other = systems.make_token("Another system", by=hana())[1]

    seen = Client().get(sent["Location"], headers={"Authorization": f"Bearer {other}"})

    assert seen.status_code == 404
    unheard = Client().get(f"{SENT}{uuid4()}/", headers={"Authorization": f"Bearer {key}"})
    assert unheard.status_code == 404
    assert Client().get(sent["Location"]).status_code == 401


@pytest.mark.parametrize(
    ("apply", "headers", "words"),
    [
        ("all", {}, "apply=if-sound"),
        ("no", {"X-File-Name": "../staff.csv"}, "X-File-Name"),
        ("no", {"X-File-Name": "staff.exe"}, "X-File-Name"),
        ("no", {"Idempotency-Key": "a b"}, "without spaces"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(
    key: str, apply: str, headers: dict[str, str], words: str
) -> None:
    answer = send(b"x", key, apply=apply, **headers)

    assert answer.status_code == 400
    assert words in said(answer)["error"]["sentence"]  # type: ignore[index]
    assert not Import.objects.exists()


def test_a_body_that_is_too_large_or_empty_leaves_nothing(key: str) -> None:
    with override_settings(TRELLIS_LARGEST_UPLOAD=1000):
        large = send(b"x" * 1001, key)
    empty = send(b"", key)

    assert [large.status_code, empty.status_code] == [413, 400]
    assert not Import.objects.exists()


def test_the_key_of_a_token_is_kept_nowhere(key: str) -> None:
    token = SystemToken.objects.get()

    assert key not in str(SystemToken.objects.values_list().get())
    assert systems.token_of(f"Bearer {key}") == token
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_many_leavers_wait_for_a_person_unless_the_token_was_made_to_go_on(
    key: str, district: bytes, tmp_path: Path
) -> None:
    send(district, key, apply="if-sound")
    gone = {
        name: "\n".join(x for x in tiny.ONEROSTER[name].split("\n") if "p-" not in x)
        for name in ("users", "roles", "enrollments")
    }
    gone["results"] = tiny.ONEROSTER["results"].split("\n")[0] + "\n"
    gone["resultLearningObjectiveIds"] = (
        tiny.ONEROSTER["resultLearningObjectiveIds"].split("\n")[0] + "\n"
    )
    fewer = tiny.write_bundle(tmp_path / "oneroster.zip", **gone).read_bytes()
    trusted = systems.make_token("Trusted", by=hana(), may_accept_leavers=True)[1]

    asked = follow(send(fewer, key, apply="if-sound"), key)
    done = follow(send(fewer, trusted, apply="if-sound"), trusted)

    assert asked["state"] == "previewed"
    assert "leave out" in str(asked["sentence"])
    assert done["state"] == "applied"


def test_an_administrator_makes_a_token_sees_its_key_once_and_revokes_it() -> None:
    browser = Client()
    browser.force_login(hana())
    made = browser.post("/administration/systems/", {"name": "Export", "ends_on": "2026-12-31"})
    past = browser.post("/administration/systems/", {"name": "Export", "ends_on": "2026-01-01"})
    token = SystemToken.objects.get()

    browser.post(f"/administration/systems/{token.pk}/revoke/")

    assert "Copy this token now" in made.content.decode()
    assert "trellis_" in made.content.decode()
    assert past.status_code == 422
    page = browser.get("/administration/systems/").content.decode()
    assert "Revoked" in page
    assert "trellis_" not in page
