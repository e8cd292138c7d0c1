"""Match a teacher's words with the words of resources: TF-IDF of words and pairs of words.

It finds candidates and claims nothing about quality. Queries are widened by the practice
vocabulary, so that "why" finds "reasoning".
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

from trellis.relevance.vocabulary import TERMS

WIDENED = 0.4  # an alternative counts less than the word that was said
STOP_WORDS = frozenset(
    {"a", "about", "all", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "for"}
    | {"from", "has", "have", "how", "i", "in", "into", "is", "it", "its", "me", "more", "my"}
    | {"not", "of", "on", "or", "our", "so", "some", "than", "that", "the", "their", "them"}
    | {"they", "this", "to", "up", "was", "we", "what", "when", "which", "who", "will", "with"}
    | {"you", "your", "student", "students", "class", "lesson", "lessons"}
)
WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")


@dataclass(frozen=True, slots=True)
class Index:
    """Unit-length TF-IDF vectors of texts, and how telling each term is."""

    vectors: Mapping[str, Mapping[str, float]]
    idf: Mapping[str, float]


def index(texts: Mapping[str, str]) -> Index:
    """Return the index of texts by key."""
    counts = {key: Counter(terms(text)) for key, text in texts.items()}
    holding = Counter(term for count in counts.values() for term in count)
    idf = {term: 1.0 + log((1 + len(texts)) / (1 + n)) for term, n in holding.items()}
    return Index({key: _unit(count, idf) for key, count in counts.items()}, idf)


def matches(query: str, among: Index) -> dict[str, float]:
    """Return the cosine of a widened query with each text that shares a term with it, 0 to 1."""
    wanted = _unit(_widened(terms(query)), among.idf)
    found = {}
    for key, vector in among.vectors.items():
        cosine = sum(weight * vector.get(term, 0.0) for term, weight in wanted.items())
        if cosine > 0:
            found[key] = min(cosine, 1.0)
    return found


def terms(text: str) -> list[str]:
    """Return the words that tell something, and each pair of neighbors among them."""
    words = [w for w in WORD.findall(text.lower()) if w not in STOP_WORDS]
    words = [_singular(word) for word in words]
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def _widened(said: Sequence[str]) -> dict[str, float]:
    wanted: dict[str, float] = {}
    for term in said:
        wanted[term] = wanted.get(term, 0.0) + 1.0
    for entry in TERMS:
        group = {t for name in (entry.preferred, *entry.alternatives) for t in terms(name)}
        if group & set(said):
            for other in sorted(group - set(said)):  # sorted: sums must not depend on hashing
                wanted[other] = max(wanted.get(other, 0.0), WIDENED)
    return wanted


def _unit(count: Mapping[str, float], idf: Mapping[str, float]) -> dict[str, float]:
    weighted = {term: n * idf[term] for term, n in count.items() if term in idf}
    length = sqrt(sum(w * w for w in weighted.values()))
    return {term: w / length for term, w in weighted.items()} if length else {}


def _singular(word: str) -> str:
    """Drop a plural s, so that "reasons" meets "reason"; longer endings stay."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
