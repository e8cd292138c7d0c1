"""`trellis framework`: brought in as a version, let out unless private, never a traceback."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.interchange.case.packages import DOCUMENT, a_package, an_item
from trellis.cli.framework import bring_file, export_to, framework_table, relate
from trellis.evidence import frameworks
from trellis.evidence.frameworks import Stated
from trellis.evidence.models import Adoption, CrosswalkLink, Framework

pytestmark = pytest.mark.django_db
LICENSED = Stated(license_title="CC BY 4.0")


def told(act: Callable[[Console], int]) -> tuple[int, str]:
    said = io.StringIO()
    code = act(Console(file=said, width=200))
    return code, " ".join(said.getvalue().split())


def bring(path: Path, said: Stated = LICENSED, *, adopt: bool = True) -> tuple[int, str]:
    return told(lambda console: bring_file(path, said, console, adopt=adopt))


def written(tmp_path: Path, document: Any, called: str = "tiny.json") -> Path:
    path = tmp_path / called
    path.write_text(json.dumps(document))
    return path


def test_a_framework_comes_in_and_goes_out_as_the_same_package(tmp_path: Path) -> None:
    code, said = bring(written(tmp_path, a_package()))
    out = tmp_path / "out.json"

    gone, _ = told(lambda console: export_to(DOCUMENT, out, console, table=False))

    assert (code, gone) == (0, 0)
    assert "“Tiny Standards”, version 1: 2 items, CC BY 4.0" in said
    assert out.read_text() == Adoption.objects.get().version.package


def test_a_later_version_says_what_it_would_change_and_waits(tmp_path: Path) -> None:
    bring(written(tmp_path, a_package()))

    code, said = bring(written(tmp_path, a_package(CFItems=[an_item(1)], CFAssociations=[])),
                       adopt=False)  # fmt: skip

    assert code == 0
    assert "0 added, 0 changed, 1 gone, 1 as before" in said
    assert Adoption.objects.get().version.number == 1


def test_a_private_framework_is_not_written_anywhere(tmp_path: Path) -> None:
    bring(written(tmp_path, a_package()), Stated(license_title="Ours", private=True))
    out = tmp_path / "out.csv"

    code, said = told(lambda console: export_to(DOCUMENT, out, console, table=True))

    assert code == 1
    assert "Nothing was written. “Tiny Standards” is private" in said
    assert not out.exists()


@pytest.mark.parametrize(
    ("called", "text", "code", "sentence"),
    [
        ("a.json", "{", 2, "The file is cut off or damaged"),
        ("a.csv", "fullStatement\nAdd\n", 2, "say it beside it"),
        ("a.json", json.dumps(a_package(CFItems=[an_item(1), an_item(1, notes="x")])), 1,
         "Two different things carry it"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_in_words(
    tmp_path: Path, called: str, text: str, code: int, sentence: str
) -> None:
    path = tmp_path / called
    path.write_text(text)

    assert bring(path)[0] == code
    assert sentence in bring(path)[1]
    assert not Framework.objects.exists()


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    code, said = bring(tmp_path / "none.json")

    assert code == 2
    assert "Nothing was changed." in said


def test_relations_are_brought_and_listed(tmp_path: Path) -> None:
    frameworks.bring_shipped()
    path = tmp_path / "walk.csv"
    path.write_text("from,relation,to\nculture.support,isRelatedTo,agency.autonomy\n")

    code, said = told(lambda console: relate(path, console))

    assert (code, said) == (0, "1 new relations. Those that were there stay.")
    assert CrosswalkLink.objects.count() == 1
    assert "Autonomy" in told(lambda console: relate(None, console))[1]


def test_the_list_says_license_version_and_whether_it_leaves(tmp_path: Path) -> None:
    bring(written(tmp_path, a_package()), Stated())
    said = io.StringIO()

    Console(file=said, width=200).print(framework_table())

    assert "version 1 of 1" in said.getvalue()
    assert "none named" in said.getvalue()
    assert "never: private" in said.getvalue()
