"""Find under which terms a framework may be used: its license, whom to credit, what to warn of."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Literal

from trellis.interchange.case.models import CFLicense, LinkURI, Package
from trellis.interchange.problems import Problem, Severity

Kind = Literal["practice framework", "learning standards"]
PRACTICE: Kind = "practice framework"
STANDARDS: Kind = "learning standards"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a package says of its use, or what the person who brings it says in its place.

    Attributes
    ----------
    is_private : the text may be read in Trellis and never leaves it by export.
    says_private : the package says so itself; nobody who brings it can take that back.
    """

    kind: Kind
    license_title: str = ""
    license_text: str = ""
    license_uri: str = ""
    attribution: str = ""
    disclaimer: str = ""
    is_private: bool = False
    says_private: bool = False

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what decides about use: license, credit, private or not."""
        said = [self.license_title, self.license_uri, self.attribution, self.is_private]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def terms_of(package: Package) -> Terms:
    """Read the terms of a package; a framework without a license is private until one is named."""
    document = package.CFDocument
    link = document.licenseURI
    license_ = _license(package, link)
    beside = document.extensions or {}
    title = (license_ and license_.title) or (link.title if link else "")
    says_private = beside.get("private") is True
    return Terms(
        kind=PRACTICE if "practice" in (document.frameworkType or "").lower() else STANDARDS,
        license_title=title,
        license_text=license_.licenseText if license_ else "",
        license_uri=(license_.uri if license_ else "") or (link.uri if link else ""),
        attribution=_text(beside.get("attribution")),
        disclaimer=_text(beside.get("disclaimer")),
        is_private=not title or says_private,
        says_private=says_private,
    )


def stated(
    terms: Terms, *, kind: Kind | None = None, license_title: str = "", attribution: str = "",
    private: bool = False,
) -> Terms:  # fmt: skip
    """Return the terms with what the person who brings the framework says where it says nothing."""
    licensed = terms.license_title or license_title
    return replace(
        terms,
        kind=kind or terms.kind,
        license_title=licensed,
        attribution=terms.attribution or attribution,
        is_private=private or terms.says_private or not licensed,
    )


def check_terms(terms: Terms, file: str) -> tuple[Problem, ...]:
    """Say what is missing: a framework of practice needs both, standards are better with them."""
    severity = Severity.ERROR if terms.kind == PRACTICE else Severity.NOTICE
    problems = []
    if not terms.license_title:
        advice = (
            "A framework of practice is brought in only with its license: name it in the package "
            "(licenseURI of its document), or say it when you bring the file."
            if terms.kind == PRACTICE
            else "Nothing says how these may be used, so they stay private: they can be read in "
            "Trellis and are never exported."
        )
        problems.append(
            Problem(file, 0, "/CFDocument/licenseURI", "", "a license", advice,
                    "framework.no_license", severity)
        )  # fmt: skip
    if not terms.attribution:
        advice = (
            "Say whom to credit, as the license asks: under extensions.attribution of the "
            "document, or when you bring the file."
            if terms.kind == PRACTICE
            else "Author and title are shown in its place."
        )
        problems.append(
            Problem(file, 0, "/CFDocument/extensions/attribution", "", "whom to credit", advice,
                    "framework.no_attribution", severity)
        )  # fmt: skip
    return tuple(problems)


def _license(package: Package, link: LinkURI | None) -> CFLicense | None:
    listed = (package.CFDefinitions and package.CFDefinitions.CFLicenses) or []
    if link is None:
        return listed[0] if len(listed) == 1 else None
    return next((one for one in listed if one.identifier == link.identifier), None)


def _text(found: object) -> str:
    return found.strip() if isinstance(found, str) else ""
