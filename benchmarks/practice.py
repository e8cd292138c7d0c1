"""Measure practice over time: a teacher, 5,000 teachers, one piece less, the fit, beside a peer."""

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from benchmarks import practice_peer
from trellis.diagnosis import practice
from trellis.diagnosis.looks import ELEMENTS, Look, Source, without
from trellis.diagnosis.practice_joint import level
from trellis.diagnosis.practice_settings import Settings

TEACHERS = 5_000
PEER_TEACHERS = 100
ORIGIN, ON = date(2023, 7, 1), date(2026, 3, 11)


def measure() -> list[tuple[str, ...]]:
    """Return a table of what the practice model takes, in seconds on one processor."""
    rng = np.random.default_rng(1)
    district = [_teacher(rng, f"t{i}") for i in range(TEACHERS)]
    plain = Settings(ORIGIN)
    some = district[:PEER_TEACHERS]
    started = time.process_time()
    reads = practice.fit(district, ORIGIN, ELEMENTS)
    fit = time.process_time() - started
    ours = _busy(lambda: [practice.state(looks, reads, ON) for looks in some]) / len(some)
    peer = _busy(lambda: [practice_peer.smooth(looks, plain, ON) for looks in some]) / len(some)
    everybody = _busy(lambda: [practice.state(looks, reads, ON) for looks in district])
    foretold = _busy(lambda: [practice.foretell(looks, reads) for looks in some]) / len(some)
    less = _busy(lambda: [_without_each(looks, reads) for looks in some[:20]])
    pieces = sum(len({k.piece for k in looks}) for looks in some[:20])
    looks = np.mean([len(looks) for looks in district])
    each = f"a teacher of {looks:.0f} looks"
    return [
        ("what", "on the processor", "against the peer"),
        (f"state of {each}", f"{1e3 * ours:.2f} ms", f"{ours / peer:.2f}"),
        ("the same by statsmodels' Kalman smoother", f"{1e3 * peer:.2f} ms", "1"),
        (f"all looks foretold of {each}", f"{1e3 * foretold:.2f} ms", ""),
        ("one piece less: state, pulls and shares again", f"{1e3 * less / pieces:.2f} ms", ""),
        (f"states of {TEACHERS:,} teachers", f"{everybody:.1f} s", ""),
        (f"fit to {TEACHERS:,} teachers", f"{fit:.1f} s", ""),
    ]


def _without_each(looks: Sequence[Look], settings: Settings) -> None:
    of = level(ELEMENTS[5], ON)
    for piece in sorted({look.piece for look in looks}):
        left = practice.joint(without(looks, [piece]), settings)
        practice.pulls(left, of)
        practice.shares(left, of)


def _teacher(rng: np.random.Generator, name: str) -> tuple[Look, ...]:
    """Return two to sixteen visits at three elements, and four answers of a class at five."""
    x = rng.normal(0, 0.3, len(ELEMENTS))
    looks = []
    for i in range(int(rng.integers(2, 17))):
        on = ORIGIN + timedelta(days=int(rng.integers(0, 900)))
        for e in rng.choice(len(ELEMENTS), 3, replace=False):
            level = float(np.clip(round(1.6 + x[e] + rng.normal(0, 0.6)), 0, 3))
            by = f"v{rng.integers(40)}"
            looks.append(Look(f"{name} {i}", Source.VISIT, ELEMENTS[e], on, level, by))
    for i in range(4):
        on = ORIGIN + timedelta(days=70 + 200 * i)
        looks += [
            Look(f"{name} c{i}", Source.CLASS_FEEDBACK, ELEMENTS[e], on,
                 float(1.9 + x[e] + rng.normal(0, 0.3)), f"{name} class", 0.6 / 24, 24)
            for e in (0, 2, 3, 5, 7)
        ]  # fmt: skip
    return practice.in_order(looks)


def _busy(work: Callable[[], object]) -> float:
    """Return the seconds on the processors that work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started
