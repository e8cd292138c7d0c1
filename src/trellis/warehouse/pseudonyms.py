"""Stand a keyed pseudonym in for a name, so that tables can be joined but not read back."""

import hmac
from hashlib import sha256

import polars as pl

# 128 bits: no two of a state's five million students will ever meet.
LENGTH = 32


def pseudonym(secret: str, kind: str, name: str) -> str:
    """Return the pseudonym of one name; the kind keeps a person apart from a section `12`."""
    message = f"{kind}\x1f{name}".encode()
    return hmac.new(secret.encode(), message, sha256).hexdigest()[:LENGTH]


def pseudonyms(secret: str, kind: str, names: pl.Series) -> pl.Series:
    """Return the pseudonyms of a column, each distinct name hashed once; null stays null."""
    unique = names.drop_nulls().unique()
    keys = pl.Series([pseudonym(secret, kind, name) for name in unique], dtype=pl.String)
    return names.replace_strict(unique, keys, default=None, return_dtype=pl.String)
