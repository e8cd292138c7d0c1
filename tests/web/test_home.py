"""The first page: each person lands where her role begins."""

import pytest
from django.test import Client

from tests.cast import a_person, gus

pytestmark = pytest.mark.django_db


def test_a_person_without_a_role_is_told_so_kindly(client: Client) -> None:
    client.force_login(a_person("Nobody"))

    page = client.get("/")

    assert page.status_code == 200
    assert "no role is open for you today" in page.content.decode()


def test_the_server_says_that_it_is_well(client: Client) -> None:
    gus()

    assert client.get("/health/").content == b"ok"
