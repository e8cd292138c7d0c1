"""Give fictional people names from many places, each free to meet any other."""

import json
from collections.abc import Iterator
from importlib.resources import files

import numpy as np


def names(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Yield given and family names without end."""
    text = files("trellis.simulate").joinpath("data/names.json").read_text("utf-8")
    known: dict[str, list[str]] = json.loads(text)
    while True:
        given = rng.integers(len(known["given"]), size=512)
        family = rng.integers(len(known["family"]), size=512)
        yield from (
            (known["given"][g], known["family"][f]) for g, f in zip(given, family, strict=True)
        )
