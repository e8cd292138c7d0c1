"""Read a CASE package of version 1.0 or 1.1: leniently in, into what is strictly 1.1."""

from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from trellis.interchange.case.findings import Findings
from trellis.interchange.case.lenient import Lenient, Object
from trellis.interchange.case.links import join
from trellis.interchange.case.models import VERSION, Package
from trellis.interchange.case.text import read_json
from trellis.interchange.case.tree import arrange, report
from trellis.interchange.problems import Problem

VERSIONS = ("1.0", VERSION)


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A package, strictly CASE 1.1, with all that was odd about the file.

    Attributes
    ----------
    package : None where the file is no package at all. With an error among the problems it holds
        what is sound.
    version : what the document says of itself; empty where it says nothing, as 1.0 does.
    """

    package: Package | None
    version: str
    problems: tuple[Problem, ...]


def read_package(data: bytes, file: str) -> CaseRead:
    """Read a package; nothing raises, and nothing is left out in silence."""
    findings = Findings(file)
    try:
        return _read(data, findings)
    except RecursionError:
        findings.error(
            "too_deep", "", "objects inside objects without end", "a CFPackage",
            "The file is damaged or made to do harm: export it again.",
        )  # fmt: skip
        return CaseRead(None, "", findings.problems())


def _read(data: bytes, findings: Findings) -> CaseRead:
    found = _unwrapped(read_json(data, findings), findings)
    if found is None:
        return CaseRead(None, "", findings.problems())
    return read_plain(found, findings)


def read_plain(found: Object, findings: Findings) -> CaseRead:
    """Read a package that is plain data already, from whatever file."""
    version = _take_version(found, findings)
    lenient = Lenient(findings)
    kept = lenient.package(found)
    if kept is None:
        return CaseRead(None, version, findings.problems())
    join(kept, lenient.made, findings)
    try:
        package = Package.model_validate(kept)
    except ValidationError as problem:
        _say(problem, findings)
        return CaseRead(None, version, findings.problems())
    report(arrange(package), package, findings)
    return CaseRead(package, version, findings.problems())


def _unwrapped(found: JsonValue, findings: Findings) -> Object | None:
    if isinstance(found, dict) and isinstance(found.get("CFPackage"), dict):
        findings.notice(
            "wrapped", "/CFPackage", "CFPackage", "the package itself",
            "The package inside was read.",
        )  # fmt: skip
        found = found["CFPackage"]
    if isinstance(found, dict):
        return found
    if found is not None:
        findings.error(
            "not_a_package", "", found, "a CFPackage with a CFDocument",
            "Export the whole framework (a CFPackage), not a list of its items.",
        )  # fmt: skip
    return None


def _take_version(found: Object, findings: Findings) -> str:
    """Take out what the document says of its version: in Trellis each package is 1.1."""
    document = found.get("CFDocument")
    if not isinstance(document, dict) or document.get("caseVersion") is None:
        return ""
    said = str(document.pop("caseVersion"))
    if said not in VERSIONS:
        findings.notice(
            "version", "/CFDocument/caseVersion", said, "1.0 or 1.1", "It was read as 1.1."
        )
    return said


def _say(problem: ValidationError, findings: Findings) -> None:
    """Say what the strict models still refuse, so that no departure can ever raise."""
    for said in problem.errors(include_url=False, include_context=False):
        at = "".join(f"/{part}" for part in said["loc"])
        findings.error("not_case", at, str(said["input"]), said["msg"], "Correct it in the source.")
