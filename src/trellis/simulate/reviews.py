"""Register the reviews of programs before their outcomes were seen."""

from collections.abc import Sequence

SMALLEST_PRACTICE_EFFECT = 0.15
DECISION_RULE = (
    "Continue if the program helps; study further if we cannot tell yet; stop or change it if there"
    " is no meaningful difference or it harms."
)


def registrations(years: Sequence[int]) -> list[dict[str, object]]:
    """Return the registrations; the baseline is the year before the first one."""
    first = years[0]
    told = [
        (
            "content-coaching",
            "lottery",
            "teacher",
            "gus",
            f"{first - 1}-08-21",
            "Did the offer of content coaching, drawn by lot among volunteers, change practice?",
        ),
        (
            "data-teams",
            "staggered",
            "school",
            "eli",
            f"{first - 1}-08-21",
            "Did practice change in schools after data-team inquiry began?",
        ),
        (
            "northstar-literacy",
            "staggered",
            "school",
            "gus",
            f"{first - 1}-08-28",
            "Did practice change in schools after Northstar's consultants came?",
        ),
        (
            "lumenpd-library",
            "before-after",
            "teacher",
            "eli",
            f"{first - 1}-08-24",
            "Did practice change among teachers who use the LumenPD library?",
        ),
        (
            "brightpath-questions",
            "before-after",
            "teacher",
            "eli",
            f"{first - 1}-09-05",
            "Did practice change after the workshop Questions that matter?",
        ),
        (
            "brightpath-routines",
            "before-after",
            "teacher",
            "eli",
            f"{first - 1}-09-05",
            "Did practice change after the workshop Calm starts and smooth transitions?",
        ),
        (
            "brightpath-feedback",
            "before-after",
            "teacher",
            "eli",
            f"{first - 1}-09-05",
            "Did practice change after the workshop Feedback in a minute?",
        ),
    ]
    return [
        {
            "review_id": f"review-{program_id}",
            "program_id": program_id,
            "question": question,
            "registered_on": registered_on,
            "registered_by": by,
            "design": design,
            "unit": unit,
            "primary_outcome": "practice",
            "outcome_years": list(years),
            "baseline_year": first - 1,
            "smallest_effect": SMALLEST_PRACTICE_EFFECT,
            "decision_rule": DECISION_RULE,
        }
        for program_id, design, unit, by, registered_on, question in told
    ]
