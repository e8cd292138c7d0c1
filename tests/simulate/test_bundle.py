"""The made-up district's bundle is what the library of OneRoster itself would write."""

from pathlib import Path

from trellis.interchange import oneroster


def test_the_bundle_is_valid_and_written_again_byte_for_byte(
    small_district: Path, tmp_path: Path
) -> None:
    given = small_district / "oneroster.zip"

    bundle = oneroster.read(given)
    oneroster.write(bundle, tmp_path / "again.zip")

    assert bundle.findings == ()
    assert (tmp_path / "again.zip").read_bytes() == given.read_bytes()
