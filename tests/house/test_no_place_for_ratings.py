"""Nothing in Trellis can hold an evaluation of a person: no field, no column, no export.

The words below may not name a field. What looks like one and is not stands in ALLOWED, each with
its reason; to add a line there is a decision about the wall, not a formality.
"""

import ast
import re

from django.apps import apps

from tests.house.tree import dotted, modules, told

FORBIDDEN = re.compile(
    r"(^|_)(ratings?|rated|tiers?|scores?|scored|ranks?|ranking|grade_of_teacher|evaluations?"
    r"|evaluated|apprais\w*|summative|value_added|vam|percentile|quartile|disciplin\w*|dismissal"
    r"|terminat\w*|nonrenewal|probation\w*|tenure|merit|bonus|layoff|pip|improvement_plan"
    r"|(employment|personnel)_action|effectiveness|performance)(_|$)"
)

ALLOWED = {
    "evidence_tier": "how strong the research on a program or resource is; not about a person",
    "evaluated_by": "EvaluatorRelation: kept only to keep that person out of coaching",
    "scale_score": "a student's test result, which is what the test's publisher calls it",
    "percentile": "where a student's test result lies in its publisher's norms",
    "score": "OneRoster's own word for the items a student answered correctly",
    "scored_on": "the day of a student's classroom result",
    "score_date": "OneRoster's own word for the day of a student's result",
    "score_scale_value": "OneRoster's own word for what a mark of a student stands for",
    "score_status": "OneRoster's own word: whether a student's result is final",
}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def test_no_model_has_a_place_for_a_rating() -> None:
    found = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("trellis.")
        for field in model._meta.get_fields()
        if FORBIDDEN.search(field.name) and field.name not in ALLOWED
    ]

    assert not found, told(
        found,
        "Trellis holds no rating, tier, score or employment action about a person. If this is "
        "about a program or a student, name it so; else take it out:",
    )


def test_no_model_is_an_evaluation() -> None:
    found = [
        model._meta.label
        for model in apps.get_models()
        if FORBIDDEN.search(snake(model.__name__)) and model.__name__ != "EvaluatorRelation"
    ]

    assert not found, told(found, "No table of evaluations of people, whatever it is called:")


def test_no_column_of_a_file_or_table_has_a_place_for_a_rating() -> None:
    found = []
    for module in modules():
        if module.name.split("/")[0] not in {"interchange", "warehouse", "simulate", "evidence"}:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not _declares_columns(dotted(node.func)):
                continue
            names = [a.value for a in node.args if isinstance(a, ast.Constant)]
            names += [k.arg for k in node.keywords if k.arg]
            found += [
                f"{module.name}:{node.lineno} {name}"
                for name in names
                if isinstance(name, str)
                and FORBIDDEN.search(snake(name))
                and snake(name) not in ALLOWED
            ]

    assert not found, told(found, "No file brings, and no table keeps, a rating of a person:")


def _declares_columns(name: str) -> bool:
    return name.split(".")[-1] in {"Column", "_table", "Table", "col", "column"}


def test_no_row_that_a_page_or_export_shows_has_a_place_for_a_rating() -> None:
    spine_a = {"people", "insights", "plans", "coaching", "trust", "web", "teams"}
    found = [
        f"{m.name}:{node.lineno} {node.target.id}"
        for m in modules()
        if m.name.split("/")[0] in spine_a
        for cls in ast.walk(m.tree)
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and FORBIDDEN.search(node.target.id)
        and node.target.id not in ALLOWED
    ]

    assert not found, told(
        found, "Rows about people carry evidence, level words and intervals, never a measure:"
    )


def test_no_query_sorts_people_by_a_measure() -> None:
    measured = re.compile(r"value|level|mean|minutes|estimate|count|total|useful|met\b")
    found = []
    for module in modules():
        if module.name.split("/")[0] not in {"people", "coaching", "plans", "web", "insights"}:
            continue
        for node in ast.walk(module.tree):
            if not (isinstance(node, ast.Call) and dotted(node.func).endswith("order_by")):
                continue
            subject = dotted(node.func)
            keys = [a.value for a in node.args if isinstance(a, ast.Constant)]
            about_people = re.search(r"Person|teachers|coaches|RoleGrant|Employment", subject)
            if about_people and any(isinstance(k, str) and measured.search(k) for k in keys):
                found.append(f"{module.name}:{node.lineno} {subject}({keys})")

    assert not found, told(
        found, "People are listed by name, never by a measure. Sort by family_name, given_name:"
    )


def test_every_exception_is_still_in_use() -> None:
    text = "\n".join(m.text for m in modules())
    words = set(re.findall(r"\w+", text)) | {snake(w) for w in re.findall(r"\w+", text)}
    unused = [name for name in ALLOWED if name not in words]

    assert not unused, told(unused, "Nothing is called so any more; take the exception out:")
