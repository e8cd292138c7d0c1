"""Write a package as strict CASE 1.1: the same package always gives the same bytes."""

import hashlib
import json

from trellis.interchange.case.models import Package


def write_package(package: Package) -> bytes:
    """Return the package as JSON, properties in the order of the standard."""
    said = package.model_dump(mode="json", exclude_none=True)
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def digest(package: Package) -> str:
    """Return the SHA-256 of what a package says: two files that say the same have the same."""
    return hashlib.sha256(write_package(package)).hexdigest()
