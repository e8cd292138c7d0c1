"""Mask students' names in a transcript before anything else is done with it.

Known names go wherever they stand. Unknown ones go where a capital and a comma show that
somebody is called by them. What nobody calls and no roster holds stays: masking is a help, not a
promise that no name is left, and whoever keeps a quote reads it first.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from trellis.diagnosis.talk.lines import Line, words_by_speaker
from trellis.diagnosis.talk.words import FUNCTION_WORDS, listed

MASK = "a student"
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_ADULT = re.compile(r"(mr|mrs|ms|miss|mx|dr|señora?|sra?)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019][sS]?$")
# Parts of family names that are also everybody's words.
PARTICLES = listed(
    "al ap bin da de del della der den di do dos du el la las le los mac mc of san st ten ter van "
    "von y"
)
# Names that are ordinary words: as names they are written with a capital, and only so are they
# masked. A sentence that begins with "Will" loses it; that is the lesser harm.
ORDINARY = listed(
    """
    an angel april art august autumn bill blue brook carol chance charity chase christian cliff
    crystal daisy dale dawn dean destiny drew earnest eve faith frank gene genesis grace grant
    harmony heath heaven hope hunter iris ivy jack jade jasmine jay jet journey joy june justice
    king lane lily major mark marry mason may melody mercy miles nova olive pat patience pearl
    penny poppy prince princess ray reason rich river rob robin rose royal ruby sage sandy
    serenity skip sky skyler star stone storm summer sunny trinity true violet will willow winter
    young brown black white green gray hill wood woods field fields price long short small little
    park parks rice cook baker miller page best day days knight ford banks bush case cross do go
    so to in on be my ma no ho song he she sun ong at as is it us we me or by up if
    """
)
# Written with a capital, and nobody's name.
CAPITALS = listed(
    """
    i i'm i'll i've i'd ok okay monday tuesday wednesday thursday friday saturday sunday january
    february march april may june july august september october november december english spanish
    french german latin math mathematics science history ela america american americans usa united
    states mr mrs ms miss dr god christmas thanksgiving halloween easter internet google youtube
    european africa african asia asian europe north south east west sir ma'am mom dad everyone
    everybody guys class friends boys girls ladies gentlemen folks team
    """
)
# Words of labels that say what a speaker is, not who.
LABELS = CAPITALS | listed(
    "student students teacher speaker all unknown group boy girl child children kid kids multiple "
    "several participant host guest nobody named narrator voice female male person adult coach "
    "aide para assistant video audio recording a an the"
)
NEAR = 16  # signs that are looked at before and behind a word
_CALLED_AFTER = listed("thanks thank you okay ok yes no good hi hello sorry hey right")


def masked(lines: Sequence[Line], names: Iterable[str]) -> tuple[Line, ...]:
    """Return the lines with every name that is known or called replaced by "a student".

    Parameters
    ----------
    names : given and family names of the students in the teacher's own classes. A name of several
        words is masked word by word, but for particles such as "de" and "van".

    Notes
    -----
    Names by which the transcript labels its speakers count as known, but for "Ms. ..." and the
    speaker who says most, who is likely the teacher. Labels are masked, too, and told apart by a
    number.
    """
    _, *others = words_by_speaker(lines) or [""]
    called_by = [label for label in others if not _ADULT.match(label)]
    known = known_parts(names) | known_parts(called_by) - LABELS
    called = _called([line.text for line in lines])
    labels = _labels([line.speaker for line in lines], known)
    return tuple(
        replace(line, speaker=labels[line.speaker], text=_mask(line.text, known, called))
        for line in lines
    )


def known_parts(names: Iterable[str]) -> frozenset[str]:
    """Return the words of names that are masked, folded: without capitals and accents."""
    parts = (folded(part) for name in names for whole in _TOKEN.findall(_composed(name))
             for part in (whole, *re.split(r"[-'\u2019]", whole)))  # fmt: skip
    return frozenset(part for part in parts if len(part) > 1 and part not in PARTICLES)


def folded(word: str) -> str:
    """Return a word without capitals, accents and curly apostrophes: "José" is "jose"."""
    flat = unicodedata.normalize("NFKD", word.replace("\u2019", "'"))
    return "".join(sign for sign in flat if not unicodedata.combining(sign)).casefold()


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _mask(text: str, known: frozenset[str], called: frozenset[str]) -> str:
    text = _composed(text)
    out: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        tail = _tail_if_name(token.group(), known, called)
        if tail is None:
            continue
        between = text[end : token.start()]
        if out and out[-1] == MASK and not between.strip():
            out[-1] = MASK + tail  # given and family name: one student
        else:
            out += [between, MASK + tail]
        end = token.end()
    return "".join([*out, text[end:]])


def _tail_if_name(token: str, known: frozenset[str], called: frozenset[str]) -> str | None:
    """Return what stays behind the mask ("", or "'s"); None if the token is no name."""
    found = _POSSESSIVE.search(token)
    bare, tail = (token[: found.start()], "'s") if found else (token, "")
    pieces = [(token, ""), (bare, tail), *((piece, "") for piece in re.split(r"[-'\u2019]", bare))]
    for piece, behind in pieces:
        flat = folded(piece)
        capital = piece[:1].isupper()
        if flat in known and (capital or flat not in ORDINARY):
            return behind
        if capital and flat in called:
            return behind
    return None


def _called(texts: Sequence[str]) -> frozenset[str]:
    """Return words that somebody is called by: a capital within a sentence, beside a comma."""
    lower: set[str] = set()
    calls: Counter[str] = Counter()
    for text in map(_composed, texts):
        for token in _TOKEN.finditer(text):
            word, flat = token.group(), folded(_POSSESSIVE.sub("", token.group()))
            if not word[0].isupper():
                lower.add(flat)
            elif _is_call(text, token.start(), token.end()):
                calls[flat] += 1
    away = lower | CAPITALS | FUNCTION_WORDS
    return frozenset(word for word in calls if len(word) > 1 and word not in away)


def _is_call(text: str, start: int, end: int) -> bool:
    # A few signs around the word: all of a long line for each of its words would take hours.
    before = text[max(0, start - NEAR) : start].rstrip()
    after = text[end : end + NEAR].lstrip()
    if after[:1] == "," and (not before or before[-1] in ".?!,\u2026"):
        return True  # "Maya, what do you think?"
    if before.endswith(",") and (not after or after[0] in ",.?!\u2026"):
        return True  # "Thank you, Maya."
    if after[:1] == "?" and (not before or before[-1] in ".?!\u2026"):
        return True  # "Maya?"
    last = _TOKEN.findall(before)
    ends = not after or after[0] in ",.?!\u2026"
    return bool(last) and ends and before[-1].isalpha() and folded(last[-1]) in _CALLED_AFTER


def _labels(speakers: Sequence[str], known: frozenset[str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for speaker in dict.fromkeys(speakers):
        label = base = _mask(speaker, known, frozenset())
        number = 1
        while label in taken or (MASK in label and not label[-1].isdigit()):
            label, number = f"{base} {number}", number + 1
        taken.add(label)
        labels[speaker] = label
    return labels
