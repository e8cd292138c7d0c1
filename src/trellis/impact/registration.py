"""Lock what a review will ask and how, before outcomes are opened."""

import json
from collections.abc import Mapping
from hashlib import sha256

from trellis.interchange.registrations import Registration


def plan_of(registration: Registration) -> dict[str, object]:
    """Return a registration as it is stored."""
    plan: dict[str, object] = registration.model_dump(mode="json")
    return plan


def fingerprint(said: Mapping[str, object]) -> str:
    """Return the hash of a plan or of figures: one changed word or digit changes it."""
    return sha256(json.dumps(dict(said), sort_keys=True).encode()).hexdigest()


def seed_of(registration_hash: str) -> int:
    """Return the seed of all chance in a review: fixed by the plan, so that nobody chooses it."""
    return int(registration_hash[:12], 16)
