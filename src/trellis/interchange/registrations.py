"""Read the registered reviews of programs: question and design, fixed before the data."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from trellis.interchange.problems import Problem, shorten

Year = Annotated[int, Field(ge=2000, le=2100)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Prose = Annotated[str, Field(min_length=1, max_length=10_000)]


class Registration(BaseModel):
    """One review as it was registered."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    review_id: Name
    program_id: Name
    question: Prose
    registered_on: date
    registered_by: Name
    design: Literal["lottery", "staggered", "matched", "before-after"]
    unit: Literal["teacher", "school"]
    primary_outcome: Literal["practice", "class feedback", "math", "ela", "retention"]
    outcome_years: tuple[Year, ...] = Field(min_length=1)
    baseline_year: Year
    smallest_effect: float = Field(gt=0, le=5)
    decision_rule: Prose


@dataclass(frozen=True, slots=True)
class Registrations:
    reviews: tuple[Registration, ...]
    problems: tuple[Problem, ...]


def read_registrations(data: bytes, file: str) -> Registrations:
    """Read the list strictly; a word that no registration has is a problem."""
    try:
        reviews = tuple(TypeAdapter(list[Registration]).validate_json(data))
    except ValidationError as error:
        return Registrations((), json_problems(error, file, "the reference of district files"))
    seen: set[str] = set()
    problems = []
    for place, review in enumerate(reviews):
        if review.review_id in seen:
            problems.append(
                Problem(file, 0, f"{place}.review_id", review.review_id, "each review once",
                        "Give the second review a name of its own.", "row.duplicate")
            )  # fmt: skip
        seen.add(review.review_id)
    return Registrations(reviews, tuple(problems))


def json_problems(error: ValidationError, file: str, standard: str) -> tuple[Problem, ...]:
    """Turn what pydantic found into problems that name the place in the document."""
    return tuple(
        Problem(
            file, 0, ".".join(str(part) for part in found["loc"]), shorten(str(found["input"])),
            f"a document as {standard} says", f"{found['msg']}. Correct it and try again.",
            "json.invalid" if found["type"] == "json_invalid" else "json.invalid_document",
        )
        for found in error.errors(include_url=False)
    )  # fmt: skip
