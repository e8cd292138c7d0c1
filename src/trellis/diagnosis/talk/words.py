"""Say by stated rules what is a word, a question, and a question that asks for thinking.

The rules are of English, and of surfaces: they read words, not what was meant.
"""

import re

RULES_VERSION = "1"
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|\d+(?:[.,/:]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.?!\u2026])[\"\u201d')\]]*\s+")


def listed(text: str) -> frozenset[str]:
    """Return the words of a list that is written as a text."""
    return frozenset(text.split())


# Words that carry a sentence, not its subject; what two turns share of these is no uptake.
FUNCTION_WORDS = listed(
    """
    a about above after again all almost already also always am an and another any anybody anyone
    anything are aren as at away back be because been before being below between both but by came
    can cannot could couldn did didn do does doesn doing don done down each either else even ever
    every everybody everyone everything few for from gave get gets getting give go goes going gonna
    gone good got great had hadn has hasn have haven having he her here hers herself hey hi him
    himself his how i if in into is isn it its itself just kind know last least less let like little
    look lot lots made make makes many may maybe me might mine more most much must my myself need
    never next nice no nobody none nor not nothing now of off oh ok okay on once one only onto or
    other others our ours ourselves out over own people perhaps please pretty put really right said
    same saw say saying says see seems she should shouldn so some somebody someone something
    sometimes somewhere still such sure take tell than thank thanks that the their theirs them
    themselves then there these they thing things think this those though through till to today
    together told too took try um uh under until up upon us use used very wanna want wants was wasn
    way we well went were weren what whatever when where whether which while who whole whom whose
    why will with without won would wouldn yeah yep yes yet you your yours yourself yourselves
    a-student student students alright huh mhm mm hmm wow cool
    """
)
_CHECKS = listed(
    "right ok okay yes yeah yep no huh alright all ready understand understood got it does that "
    "make sense everybody everyone good so and see you with me"
)
_OPENERS = re.compile(
    r"(what|why|how|who|whose|where|which)\b|(can|could|do|does|did|would|will|are|is|was|were|have"
    r"|has|should|shall)\s+(you|we|they|he|she|it|i|anyone|anybody|someone|somebody|there|that"
    r"|this)\b"
)
# Asked so, a question can hardly be answered without a reason, a way or an idea.
_THINKING = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat if\b|\bhow else\b|\bwhat else\b"
    r"|\bhow (do|did|does|could|can|would|might|should|are|is|was|were) "
    r"(you|we|they|he|she|it|that|this|these|those|a student|your|his|her|their|the)\b"
    r"|\bwhat (do|did|would) (you|we|they|he|she|a student) "
    r"(think|notice|wonder|see|mean|predict|expect|suppose|make of)\b"
    r"|\bwhat makes (you|it|this|that|them|him|her)\b"
    r"|\bwhat (would|could|might) happen\b"
    r"|\bwhat('s| is| was) (the (reason|difference|connection|idea|pattern)|different|similar"
    r"|the same|your (thinking|reason|reasoning|strategy|idea))\b"
    r"|\bwhat (strategy|strategies|pattern|patterns|reason|reasons|evidence)\b"
    r"|\b(explain|describe|justify|convince|compare|elaborate)\b"
    r"|\b(tell|say|show) (me|us|them)? ?(more|how|why|what you)\b"
    r"|\bin (your|his|her|their) own words\b"
    r"|\b(agree|disagree)\b|\bwhat does (that|this|it|a student) (mean|tell|show)\b"
)
_SIZES = re.compile(r"\bhow (many|much|long|old|far|big|tall|often|fast|high|deep|wide)\b")
_TAKING_UP = re.compile(
    r"\b(you|a student|they|he|she) (just )?(said|noticed|mentioned|found|thought|think|thinks"
    r"|told us|told me|did|wrote|used|are saying|is saying|were saying|was saying)\b"
    r"|\byou('re| are) saying\b|\b(your|a student's|her|his|their) "
    r"(idea|strategy|thinking|way|point|question|method|word|words)\b"
    r"|\b(build|building|add|adding) on\b|\bwhat i('m| am) hearing\b|\bin other words\b"
)


def plain(text: str) -> str:
    """Return text in lower case with straight apostrophes, as the rules read it."""
    return text.replace("\u2019", "'").lower()


def words(text: str) -> list[str]:
    """Return the words of a text as they stand; a number is one word."""
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Split a text at the ends of its sentences."""
    return [part for part in _SENTENCE_END.split(text.strip()) if WORD.search(part)]


def content_words(text: str) -> frozenset[str]:
    """Return the words that a text is about: no function words, plural and possessive cut."""
    return frozenset(
        stem
        for word in words(plain(text))
        if (stem := _stem(word)) and word not in FUNCTION_WORDS and stem not in FUNCTION_WORDS
    )


def _stem(word: str) -> str:
    word = word.split("'")[0]
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def is_question(sentence: str, *, marked: bool) -> bool:
    """Return whether a sentence asks something.

    `marked`: the transcript has question marks, so a question has one. Without any, a sentence
    that opens as questions do is taken for one. "Right?" and its like ask for nothing.
    """
    said = plain(sentence).strip().rstrip("\"')]\u201d ")
    asks = said.endswith("?") if marked else bool(_OPENERS.match(said))
    return asks and not set(words(said)) <= _CHECKS


def asks_for_thinking(sentence: str) -> bool:
    """Return whether a question asks for a reason, a way or an idea rather than a fact."""
    said = plain(sentence)
    return bool(_THINKING.search(_SIZES.sub(" ", said)))


def names_an_idea(text: str) -> bool:
    """Return whether a text speaks of what somebody said: "you said", "your idea"."""
    return bool(_TAKING_UP.search(plain(text)))
