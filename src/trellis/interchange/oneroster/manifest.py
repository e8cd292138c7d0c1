"""Hold `manifest.csv` against the standard and against the files that are there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from trellis.interchange.csv_text import ROW, read_csv_text
from trellis.interchange.oneroster.standard import EVERY_FILE, FILES, Mode, Version
from trellis.interchange.problems import Problem, Severity, shorten

NAME = "manifest.csv"
HEADER = ("propertyName", "value")
VERSIONS = {"manifest.version": ("1.0",), "oneroster.version": ("1.1", "1.2")}
OF_THE_SOURCE = ("source.systemName", "source.systemCode")
MODES: tuple[Mode, ...] = ("absent", "bulk", "delta")

# Property -> its value and the row where it stands.
Said = Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says.

    Attributes
    ----------
    version : None where it does not say one that Trellis reads.
    modes : of the files whose mode it says.
    properties : the rest, in its order.
    """

    version: Version | None = None
    modes: Mapping[str, Mode] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_manifest(data: bytes, file: str, present: Mapping[str, str], guess: Version) -> Manifest:
    """Read a manifest.

    Parameters
    ----------
    present : name of each table whose file is there -> that file.
    guess : the version that the files look like, where the manifest does not say it.
    """
    text = read_csv_text(data, file)
    problems = [_of_manifest(problem) for problem in text.problems]
    if tuple(name.strip() for name in text.header) != HEADER:
        problems.append(_wrong_header(file, text.header))
        return Manifest(problems=tuple(problems))
    said: dict[str, tuple[str, int]] = {}
    for name, value, row in text.rows.select(*text.header, ROW).iter_rows():
        if name in said:
            problems.append(_twice(file, row, name, value or "", said[name]))
        elif name:
            said[name] = (value or "", row)
    version = _version(said)
    known = FILES[version or guess]
    problems += _wrong_versions(said, file)
    problems += _missing(said, file, present, known)
    problems += _unknown(said, file)
    modes: dict[str, Mode] = {}
    for name in sorted(EVERY_FILE):
        found = said.get(f"file.{name}")
        if found:
            mode = _mode(found[0])
            if mode:
                modes[name] = mode
            problems += _about_mode(name, found, mode, file, present)
    rest = {
        name: value
        for name, (value, _) in said.items()
        if name not in VERSIONS and name.removeprefix("file.") not in EVERY_FILE
    }
    return Manifest(version, modes, rest, tuple(problems))


def _of_manifest(problem: Problem) -> Problem:
    width = problem.code == "csv.row_width_mismatch"
    return replace(problem, code="manifest.row_width_mismatch") if width else problem


def _version(said: Said) -> Version | None:
    value = said.get("oneroster.version", ("", 0))[0].strip()
    if value.startswith("1.1"):
        return "1.1"
    return "1.2" if value.startswith("1.2") else None


def _mode(value: str) -> Mode | None:
    return next((mode for mode in MODES if mode == value.strip().lower()), None)


def _wrong_versions(said: Said, file: str) -> Iterator[Problem]:
    for name, expected in VERSIONS.items():
        value, row = said.get(name, ("", 0))
        wanted = " or ".join(expected)
        if not value:
            advice = "Add the property; readers cannot know the format without it."
            yield Problem(file, row, name, value, wanted, advice, "manifest.missing_property")
        elif value not in expected:
            # 1.2.1 and 1.1.0 are levels of the document; the files are those of 1.2 and 1.1.
            near = name == "oneroster.version" and value.startswith(("1.1.", "1.2."))
            yield Problem(
                file, row, name, shorten(value), wanted,
                f"It was read as {value[:3]}. Write it so." if near
                else f"Export the bundle as {wanted}.",
                "manifest.invalid_version", Severity.NOTICE if near else Severity.ERROR,
            )  # fmt: skip


def _missing(
    said: Said, file: str, present: Mapping[str, str], known: Mapping[str, object]
) -> Iterator[Problem]:
    for name in sorted({*known, *present}):
        if f"file.{name}" in said:
            continue
        here = name in present
        yield Problem(
            file, 0, f"file.{name}", "", "bulk or delta" if here else "absent",
            f"Say whether {name}.csv holds everything (bulk) or changes alone (delta)." if here
            else "It was read as absent. The standard wants a line for each file.",
            "manifest.missing_property", Severity.ERROR if here else Severity.NOTICE,
        )  # fmt: skip


def _unknown(said: Said, file: str) -> Iterator[Problem]:
    for name, (value, row) in said.items():
        file_name = name.removeprefix("file.")
        if name in VERSIONS or name in OF_THE_SOURCE or file_name in EVERY_FILE:
            continue
        yield Problem(
            file, row, name, shorten(value), "a property of the standard",
            "The property was kept and not used. Check its spelling.",
            "manifest.unknown_property", Severity.NOTICE,
        )  # fmt: skip


def _about_mode(
    name: str, found: tuple[str, int], mode: Mode | None, file: str, present: Mapping[str, str]
) -> Iterator[Problem]:
    value, row = found
    place = f"file.{name}"
    here = name in present
    if mode is None:
        blank = not value.strip()
        advice = (
            f"Say whether {name}.csv holds everything (bulk) or changes alone (delta): "
            "without it nobody knows who has left."
            if here
            else "It was read as absent, for there is no such file."
        )
        yield Problem(
            file, row, place, shorten(value), "bulk, delta or absent", advice,
            "manifest.invalid_file_mode",
            Severity.NOTICE if blank and not here else Severity.ERROR,
        )  # fmt: skip
    elif value != mode:
        yield Problem(
            file, row, place, shorten(value), mode, "It was read as meant. Write it so.",
            "manifest.invalid_file_mode", Severity.NOTICE,
        )  # fmt: skip
    if mode in ("bulk", "delta") and not here:
        yield Problem(
            file, row, place, mode, f"{name}.csv in the bundle",
            "Put the file into the bundle, or say absent.", "manifest.file_missing",
        )  # fmt: skip
    if mode == "absent" and here:
        yield Problem(
            file, row, place, f"absent, yet {name}.csv is there", "bulk or delta",
            "Say bulk or delta, or take the file out of the bundle.", "manifest.file_unexpected",
        )  # fmt: skip


def _twice(file: str, row: int, name: str, value: str, first: tuple[str, int]) -> Problem:
    same = value == first[0]
    return Problem(
        file, row, name, shorten(value), "each property once",
        f"Row {first[1]} says {'the same' if same else shorten(first[0]) or 'nothing'}; that row "
        "was read. Keep the one that is right.", "manifest.duplicate_property",
        Severity.NOTICE if same else Severity.ERROR,
    )  # fmt: skip


def _wrong_header(file: str, header: tuple[str, ...]) -> Problem:
    return Problem(
        file, 1, "", shorten(", ".join(header)), "the header propertyName,value",
        "Export the bundle again, with its manifest.", "manifest.invalid_header",
    )  # fmt: skip
