"""The pinned requirements fit the ranges of pyproject.toml, and name no registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {
    "demo": PROJECT["dependencies"] + EXTRAS["build"],
    "all": PROJECT["dependencies"] + EXTRAS["build"] + EXTRAS["postgres"],
    "dev": PROJECT["dependencies"]
    + [wanted for extra in ("build", "postgres", "spark", "dev") for wanted in EXTRAS[extra]],
}


def pinned(kind: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("kind", WANTED)
def test_each_dependency_is_pinned_within_its_range(kind: str) -> None:
    pins = pinned(kind)

    for wanted in map(Requirement, WANTED[kind]):
        name = wanted.name.lower()
        assert name in pins, f"{name} is not in requirements/{kind}.txt; run: make lock"
        assert wanted.specifier.contains(pins[name]), f"{name} is out of range; run: make lock"


@pytest.mark.parametrize("kind", WANTED)
def test_one_environment_serves_all_three(kind: str) -> None:
    assert pinned(kind).items() <= pinned("dev").items()


@pytest.mark.parametrize("kind", WANTED)
def test_no_registry_is_named(kind: str) -> None:
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()

    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text)
