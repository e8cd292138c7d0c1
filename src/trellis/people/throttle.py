"""Slow down guessing at passwords, without locking anybody out for long.

Counts live in the cache of the process: several web processes each keep their own, so an
attacker gets the free attempts once for each process. Set a shared cache to close that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.cache import cache

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)
# Some colleagues share one address: it gets more attempts than one account from one address.
FREE_FOR_ACCOUNT = 5
FREE_FOR_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: datetime


def wait_before_next(email: str, address: str, *, now: datetime) -> timedelta:
    """Return how long this account from this address must wait before it may try again."""
    waits = [_wait(key, free, now) for key, free in _keys(email, address)]
    return max(waits)


def remember_failure(email: str, address: str, *, now: datetime) -> None:
    """Count a failed attempt: each one after the free ones doubles the wait."""
    for key, _ in _keys(email, address):
        seen: _Failures | None = cache.get(key)
        count = (seen.count if seen else 0) + 1
        cache.set(key, _Failures(count, now), FORGET_AFTER.total_seconds())


def forget_failures(email: str, address: str) -> None:
    """Start again for this account after a success; the count of the address goes on."""
    cache.delete(_keys(email, address)[0][0])


def _keys(email: str, address: str) -> list[tuple[str, int]]:
    account = sha256(f"{email.lower()}|{address}".encode()).hexdigest()
    place = sha256(address.encode()).hexdigest()
    return [
        (f"sign-in:account:{account}", FREE_FOR_ACCOUNT),
        (f"sign-in:address:{place}", FREE_FOR_ADDRESS),
    ]


def _wait(key: str, free: int, now: datetime) -> timedelta:
    seen: _Failures | None = cache.get(key)
    if seen is None or seen.count < free:
        return timedelta()
    doubled: int = 2 ** min(seen.count - free, 10)
    wait = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    return max(seen.last + wait - now, timedelta())
