"""Let an administrator say what the columns of a vendor's file mean, one of ours at a time.

It reads polars through `interchange`, which is slow to start: import it where it is used.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django import forms
from django.forms import BoundField

from trellis.interchange.district import SUBJECTS
from trellis.interchange.mapping import (
    AS_WORDS,
    FORMATS,
    LEFT_OUT,
    SAID,
    TABLES,
    ColumnMapping,
    Reading,
    Table,
)
from trellis.interchange.mapping_proposal import SeenColumn, blocks_by_objective
from trellis.interchange.student_numbers import IDENTIFIER, SOURCED_ID, best_kind
from trellis.ui.visibility import Visible

ADMINISTRATORS = Visible("Administrators", "users")
# Ours -> how a person says it.
LABELS = {
    "student_id": "Which student",
    "scale_score": "Result on the test’s own scale",
    "standard_error": "Standard error of that result",
    "percentile": "Percentile in the publisher’s norms",
    "objective_id": "Learning objective",
    "items": "Items of this objective",
    "correct": "Items answered correctly",
    "tested_on": "Day of the test",
    "school_year": "School year",
    "term": "Term",
    "subject": "Subject",
    "grade": "Grade",
    "section_id": "Section",
    "test": "Which test",
}
TERMS = ("fall", "winter", "spring")
SUBJECT_WORDS = {"math": "Math", "ela": "English (reading)"}
# What may be the same in every row of a file, and which words are allowed then.
CONSTANTS: dict[str, tuple[str, ...]] = {
    "school_year": (), "term": TERMS, "subject": SUBJECTS, "tested_on": (), "grade": (),
    "standard_error": (), "items": (), "test": (),
}  # fmt: skip
# In a wide file each subject has columns of its own for these.
OF_A_SUBJECT = ("scale_score", "standard_error", "percentile", "tested_on")
MOST_WORDS = 15
# In a wide file of results by objective each objective has columns of its own for these.
OF_AN_OBJECTIVE = ("objective_id", "items", "correct")
WIDE = {
    "assessment_results": "This file has columns of its own for each subject",
    "objective_results": "This file has columns of its own for each objective",
}
RETAKES = (
    ("listed", "It is a mistake: list it, so that somebody decides"),
    ("latest", "The latest counts"),
    ("highest", "The highest result counts"),
)
# What the form asks besides: by column the shares of rows that match, by code the objective.
Matches = Callable[[str], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """One of our columns on the page: its fields, and the words that are translated.

    Attributes
    ----------
    said : where it is read from, in a few words.
    is_open : it asks for something, or was just changed.
    """

    label: str
    needed: bool
    fields: Sequence[BoundField]
    words: Sequence[BoundField]
    said: str
    is_open: bool
    note: str = ""


class MappingForm(forms.Form):
    """Every field is optional, so that a preview shows what is there so far."""

    wide = forms.BooleanField(required=False)
    retakes = forms.ChoiceField(
        label="When a student has two results of a term and subject", choices=RETAKES,
        required=False,
    )  # fmt: skip
    name = forms.CharField(
        label="Name of this mapping", max_length=60, required=False,
        help_text="So that you find it again: for example “State test grades 3 to 8”.",
    )  # fmt: skip
    vendor = forms.CharField(label="Whose layout it is", max_length=100, required=False)

    def __init__(
        self, data: Mapping[str, str] | None, *, columns: Sequence[SeenColumn],
        start: ColumnMapping, name: str = "", vendor: str = "",
        matches: Matches = lambda _column: {}, objectives: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        # What was not asked yet gets its answer here, before the form looks at it.
        self.answers = dict(data.items()) if data is not None else {}
        super().__init__(self.answers if data is not None else None)
        self.columns = {column.name: column for column in columns}
        self.start, self.table = start, start.table
        self.matches, self.objectives = matches, objectives or {}
        self.initial = {"wide": bool(start.blocks), "name": name, "vendor": vendor,
                        "retakes": start.retakes}  # fmt: skip
        self.fields["wide"].label = WIDE[self.table]
        self.is_wide = bool(self._chosen("wide"))
        of_subjects = self.is_wide and self.table == "assessment_results"
        self.subjects = SUBJECTS if of_subjects else ()
        self.by_objective = self.is_wide and not of_subjects
        if self.table != "assessment_results":
            del self.fields["retakes"]
        apart = (*OF_A_SUBJECT[:3], "subject") if of_subjects else ()
        for each in TABLES[self.table].names:
            if self.by_objective and each == "items":
                self.fields["items__constant"] = self._constant("items", self._items_of_start())
            elif each not in (OF_AN_OBJECTIVE if self.by_objective else apart):
                self._add(each)
        for subject in self.subjects:
            for each in OF_A_SUBJECT:
                self._add_column(f"{subject}__{each}", self._start_of(subject, each).column)
        if self.by_objective:
            self._add_objectives()
        self.visible_to = dict.fromkeys(self.fields, ADMINISTRATORS)

    @property
    def proposed(self) -> ColumnMapping:
        """Return what the page begins with: the start, with what the column of students holds."""
        kind = self.fields.get("student_id__format")
        if kind is None:
            return self.start
        student = self.start.fields["student_id"].model_copy(update={"format": kind.initial})
        fields = {**self.start.fields, "student_id": student}
        return self.start.model_copy(update={"fields": fields})

    def parts(self) -> Iterator[Part]:
        """Yield what stands on the page, in the order in which one thinks of it."""
        for name in LABELS:
            fields = [
                self[f"{name}__{kind}"]
                for kind in ("column", "format", "constant")
                if f"{name}__{kind}" in self.fields
            ]
            if fields:
                words = [self[each] for each in self.fields if each.startswith(f"{name}__word")]
                note = self._note(name)
                needed = self._is_needed(name) and name != "items"
                said = self._said(name)
                yield Part(LABELS[name], needed, fields, words, said, note=note,
                           is_open=bool(note) or (needed and not said)
                           or any(not word.value() for word in words)
                           or self._asks([*fields, *words]))  # fmt: skip
        for subject in self.subjects:
            found = [self[f"{subject}__{each}__column"] for each in OF_A_SUBJECT]
            column = str(self._chosen(f"{subject}__scale_score__column"))
            said = f"from “{column}”" if column else "no column"
            label = f"Columns of {SUBJECT_WORDS[subject]}"
            yield Part(label, needed=False, fields=found, words=(), said=said,
                       is_open=self._asks(found))  # fmt: skip

    def named_columns(self) -> list[BoundField]:
        """Return the fields of the columns of which somebody has said the objective."""
        return [field for field in self._objective_fields() if field.value()]

    def unnamed_columns(self) -> list[BoundField]:
        return [field for field in self._objective_fields() if not field.value()]

    def _objective_fields(self) -> list[BoundField]:
        return [self[each] for each in self.fields if each.startswith("objective__")]

    def _asks(self, fields: Iterable[BoundField]) -> bool:
        """Tell whether a field was changed, or cannot be saved as it stands."""
        return self.is_bound and any(
            bound.errors or (bound.value() or "") != (bound.initial or "") for bound in fields
        )

    def _said(self, name: str) -> str:
        column = str(self._chosen(f"{name}__column") or "")
        if column:
            form = str(self._chosen(f"{name}__format") or "")
            return f"from “{column}”{f', {form}' if form and form != AS_WORDS else ''}"
        constant = str(self._chosen(f"{name}__constant") or "")
        if constant:
            return f"always {SUBJECT_WORDS.get(constant, constant)}"
        if name == "test":
            return "named as this mapping"
        return "" if self._is_needed(name) else "not in this file"

    def clean(self) -> dict[str, object]:
        """Build the mapping; it may still lack what a saved one needs."""
        cleaned = super().clean() or self.cleaned_data
        fields = {name: self._reading(name) for name in TABLES[self.table].names}
        self.mapping = ColumnMapping(
            table=self.table,
            header=tuple(self.columns),
            fields={name: one for name, one in fields.items() if one.says_something},
            blocks=tuple(self._blocks()),
            retakes=cleaned.get("retakes") or "listed",
        )
        return cleaned

    def ask_for_what_is_missing(self) -> None:
        """Say beside each field what a mapping cannot be saved without."""
        blocks = self.mapping.every_block
        told = set(blocks[0]).intersection(*blocks)
        for column in self.mapping.spec.columns:
            if column.required and column.name not in told:
                where = f"{column.name}__column"
                words = "Choose a column, or say what is the same in every row."
                if where not in self.fields:
                    where = f"{column.name}__constant"
                self.add_error(where if where in self.fields else None, words)
        if not self.cleaned_data.get("name"):
            self.add_error("name", "Give it a name, so that you find it again.")

    def _add(self, name: str) -> None:
        start = self._start_of("", name)
        self._add_column(name, start.column)
        has_column = bool(self._chosen(f"{name}__column"))
        # A wide file has its dates in columns of each subject, written in one way.
        if name == "student_id" and has_column:
            self._add_student_kind(start)
        if name in FORMATS and (has_column or (self.is_wide and name == "tested_on")):
            self._keep_to_what_was_seen(name)
            choices = [("", "Choose"), *((each, each) for each in FORMATS[name])]
            self.fields[f"{name}__format"] = forms.ChoiceField(
                label="How to read it", choices=choices, required=False, initial=start.format
            )
        if name in CONSTANTS and not has_column:
            self.fields[f"{name}__constant"] = self._constant(name, start.constant)
        if name in SAID:
            self._add_words(name, start)

    def _add_column(self, name: str, chosen: str) -> None:
        key = f"{name}__column"
        short = name.rsplit("__", maxsplit=1)[-1]
        label = "Column" if short == name else LABELS[short]
        choices = [("", "No column"), *((c.name, _told(c)) for c in self.columns.values())]
        self.fields[key] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=chosen
        )

    def _add_student_kind(self, start: Reading) -> None:
        """Ask what the column of students holds; proposed is what most of the first rows match."""
        key = "student_id__format"
        shares = self.matches(str(self._chosen("student_id__column")))
        best, given = best_kind(shares), str(self.answers.get(key, ""))
        if self.is_bound and best and not shares.get(given):
            self.answers[key] = best
        kinds = list(dict.fromkeys((SOURCED_ID, *shares, start.format or SOURCED_ID)))
        self.fields[key] = forms.ChoiceField(
            label="What this column holds", required=False,
            choices=[(kind, _matching(kind, shares)) for kind in kinds],
            initial=start.format or best or SOURCED_ID,
        )  # fmt: skip

    def _add_objectives(self) -> None:
        """Ask of which objective each column of numbers that is not read otherwise is."""
        read = {str(self._chosen(each)) for each in self.fields if each.endswith("__column")}
        codes = {identifier: code for code, identifier in self.objectives.items()}
        start = {
            block[name].column: block["objective_id"].constant
            for block in self.start.blocks
            for name in ("correct", "items")
            if name in block
        }
        for column in self.columns.values():
            if column.kind == "number" and column.name not in read:
                of = start.get(column.name, "")
                self.fields[_objective_key(column.name)] = forms.CharField(
                    label=_told(column), max_length=100, required=False, initial=codes.get(of, of),
                    widget=forms.TextInput({"list": "objectives", "autocomplete": "off"}),
                )  # fmt: skip

    def _items_of_start(self) -> str:
        return self.start.fields.get("items", Reading()).constant

    @staticmethod
    def _constant(name: str, start: str) -> forms.Field:
        label = "Or the same in every row"
        if name == "test":
            return forms.CharField(
                label="Its name", max_length=100, required=False, initial=start,
                help_text="Tests of different names stand beside each other. Left empty, the test "
                "is named as this mapping.",
            )  # fmt: skip
        if not CONSTANTS[name]:
            return forms.CharField(label=label, max_length=40, required=False, initial=start)
        choices = [("", "No"), *((word, SUBJECT_WORDS.get(word, word)) for word in CONSTANTS[name])]
        return forms.ChoiceField(label=label, choices=choices, required=False, initial=start)

    def _add_words(self, name: str, start: Reading) -> None:
        column = self.columns.get(str(self._chosen(f"{name}__column")))
        allowed = TERMS if name == "term" else SUBJECTS
        known = ((word, SUBJECT_WORDS.get(word, word)) for word in allowed)
        choices = [("", "Not said yet"), *known, (LEFT_OUT, "Leave these rows out")]
        words = column.words if column and len(column.words) <= MOST_WORDS else ()
        for word in words:
            given = start.words.get(word) if column and start.column == column.name else None
            initial = given if given is not None else understood(name, word)
            key = _word_key(name, column, word)
            self.fields[key] = forms.ChoiceField(
                label=f"“{word}” means", choices=choices, required=False, initial=initial
            )
            if self.is_bound:  # another column was just chosen: its words were not asked yet
                self.answers.setdefault(key, initial)

    def _keep_to_what_was_seen(self, name: str) -> None:
        """Move on to a format that the newly chosen column's dates have."""
        column = self.columns.get(str(self._chosen(f"{name}__column")))
        formats = column.formats if column and name == "tested_on" else ()
        if self.is_bound and formats and self.answers.get(f"{name}__format") not in formats:
            self.answers[f"{name}__format"] = formats[0]

    def _reading(self, name: str) -> Reading:
        said = self.cleaned_data
        column = said.get(f"{name}__column", "")
        seen = self.columns.get(column)
        words = {
            word: str(said.get(_word_key(name, seen, word), ""))
            for word in (seen.words if seen and name in SAID else ())
        }
        return Reading(
            column=column,
            constant="" if column else said.get(f"{name}__constant", ""),
            format=said.get(f"{name}__format", "") if column else "",
            # What is understood without a word needs none: next year's words differ.
            words={w: m for w, m in words.items() if m and m != understood(name, w)},
        )

    def _blocks(self) -> Iterator[dict[str, Reading]]:
        if self.by_objective:
            yield from blocks_by_objective(tuple(self.columns.values()), self._named_objectives())
        for subject in self.subjects:
            found = {name: self._reading_of(subject, name) for name in OF_A_SUBJECT}
            if found["scale_score"].column:
                told = {name: one for name, one in found.items() if one.column}
                yield {"subject": Reading(constant=subject), **told}

    def _named_objectives(self) -> dict[str, str]:
        said = {
            column: str(self.cleaned_data.get(_objective_key(column), "")).strip()
            for column in self.columns
        }
        return {c: self.objectives.get(code, code) for c, code in said.items() if code}

    def _reading_of(self, subject: str, name: str) -> Reading:
        column = self.cleaned_data.get(f"{subject}__{name}__column", "")
        form = self.cleaned_data.get("tested_on__format", "") if name == "tested_on" else ""
        return Reading(column=column, format=form)

    def _start_of(self, subject: str, name: str) -> Reading:
        for block in self.start.blocks if subject else ():
            if block["subject"].constant == subject:
                return block.get(name, Reading())
        return Reading() if subject else self.start.fields.get(name, Reading())

    def _chosen(self, key: str) -> object:
        """Return what is chosen in a field before the form is checked: later fields hang on it."""
        if self.is_bound:
            return self.answers.get(key, "")
        if key in self.initial:
            return self.initial[key]
        return self.fields[key].initial if key in self.fields else ""

    def _is_needed(self, name: str) -> bool:
        return any(c.required for c in TABLES[self.table].columns if c.name == name)

    def _note(self, name: str) -> str:
        column = self.columns.get(str(self._chosen(f"{name}__column")))
        if name == "student_id" and column:
            shares = self.matches(column.name)
            kind = str(self._chosen("student_id__format") or SOURCED_ID)
            if shares and not shares.get(kind):
                return (
                    "None of the first rows names a student of the roster. Choose what the column "
                    "holds, or bring the roster first."
                )
            if shares and shares[kind] < 1:
                return f"{shares.get(kind, 0):.0%} of the first rows name a student of the roster."
        if name != "tested_on" or column is None or not column.is_ambiguous:
            return ""
        either = " and as ".join(column.formats)
        return f"The first rows can be read as {either}. Look at the preview: which is right?"


def understood(name: str, word: str) -> str:
    """Return what a word is taken to mean when nobody says anything."""
    for pattern, meaning in SAID[name]:
        if re.search(pattern, word.lower()):
            return meaning
    return ""


def _word_key(name: str, column: SeenColumn | None, word: str) -> str:
    """Name the field of a word by its column too: another column's words are other fields."""
    digest = sha256(f"{column.name if column else ''}|{word}".encode()).hexdigest()[:10]
    return f"{name}__word{digest}"


def table_named(said: str) -> Table | None:
    """Return the table that an address asks for, if it is one of ours."""
    match said:
        case "assessment_results" | "objective_results":
            return said
        case _:
            return None


def _objective_key(column: str) -> str:
    return f"objective__{sha256(column.encode()).hexdigest()[:10]}"


def _matching(kind: str, shares: Mapping[str, float]) -> str:
    what = {SOURCED_ID: "sourcedId of the roster", IDENTIFIER: "identifier of the roster"}
    share = f": {shares[kind]:.0%} of the first rows match" if kind in shares else ""
    return f"{what.get(kind, kind)}{share}"


def _told(column: SeenColumn) -> str:
    examples = ", ".join(column.examples)
    return f"{column.name} ({column.kind}{': ' if examples else ''}{examples})"
