"""Pseudonyms join tables and give nobody away."""

import polars as pl

from trellis.warehouse.pseudonyms import pseudonym, pseudonyms


def test_a_column_and_a_name_have_the_same_pseudonym() -> None:
    keys = pseudonyms("secret", "person", pl.Series(["ana", None, "ben", "ana"]))

    assert keys.to_list() == [
        pseudonym("secret", "person", "ana"),
        None,
        pseudonym("secret", "person", "ben"),
        pseudonym("secret", "person", "ana"),
    ]


def test_another_secret_or_kind_gives_another_pseudonym() -> None:
    names = {
        pseudonym("secret", "person", "12"),
        pseudonym("secret", "section", "12"),
        pseudonym("other", "person", "12"),
    }

    assert len(names) == 3


def test_a_column_without_names_stays_empty() -> None:
    assert pseudonyms("s", "person", pl.Series([None], dtype=pl.String)).to_list() == [None]
    assert pseudonyms("s", "person", pl.Series([], dtype=pl.String)).to_list() == []
