"""What is read can be written and read again, and nothing of it is lost or changed."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from tests.interchange import tiny
from tests.interchange.oneroster.valid import valid_bundles
from trellis.interchange import oneroster
from trellis.interchange.problems import refuses


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(bundle=valid_bundles())
def test_a_valid_bundle_read_and_written_is_the_same(bundle: oneroster.Bundle) -> None:
    with TemporaryDirectory() as folder:
        first, again = Path(folder) / "first.zip", Path(folder) / "again.zip"
        oneroster.write(bundle, first)
        read = oneroster.read(first)
        oneroster.write(read, again)

        assert not refuses(read.findings), [str(f) for f in read.findings]
        assert read == bundle
        assert oneroster.read(again) == read
        assert again.read_bytes() == first.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_bundle_keeps_its_line_ends_and_its_quotes(tmp_path: Path, end: str) -> None:
    classes = tiny.ONEROSTER["classes"].replace("Grade 4 Math", '"Math, ""the"" big\nclass"')
    files = {n: t.replace("\n", end) for n, t in (tiny.ONEROSTER | {"classes": classes}).items()}
    members = {"manifest.csv": tiny.manifest().replace("\n", end)}
    given_files = members | {f"{name}.csv": files[name] for name in sorted(files)}
    bundle = tiny.write_zip(tmp_path / "given.zip", {**given_files})

    written = oneroster.as_files(oneroster.read(bundle))

    assert {name: content.decode() for name, content in written.items()} == given_files


def test_a_folder_and_an_archive_say_the_same(tmp_path: Path) -> None:
    bundle = oneroster.read(tiny.write_bundle(tmp_path / "oneroster.zip"))

    oneroster.write(bundle, tmp_path / "folder")

    assert oneroster.read(tmp_path / "folder") == bundle


def test_every_column_is_read_also_those_that_are_never_kept(tmp_path: Path) -> None:
    lines = tiny.ONEROSTER["users"].strip().split("\n")
    users = "\n".join([f"{lines[0]},metadata.bus", *(f"{line},7" for line in lines[1:])]) + "\n"

    read = oneroster.read(tiny.write_bundle(tmp_path / "oneroster.zip", users=users))

    ben = read.tables["users"].row(1, named=True)
    assert (ben["password"], ben["phone"], ben["metadata.bus"]) == ("secret", "+1 555 0100", "7")
    assert read.findings == ()
