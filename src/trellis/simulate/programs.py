"""Plant what each program really does. Only the truth file and the power report say so."""

from dataclasses import dataclass

FADE_OUT_A_YEAR = 0.30
COACH_SD = 0.25
UPTAKE = 0.87


@dataclass(frozen=True, slots=True)
class Program:
    """A program as the district describes it, with its planted effect.

    Attributes
    ----------
    practice : effect on practice of those who take it up, practice SDs.
    achievement : effect on the growth of their students, student SDs.
    """

    id: str
    title: str
    provider_id: str
    description: str
    theory_of_action: str
    mechanisms: str
    elements: str
    evidence_tier: str
    evidence_source: str
    assignment: str
    place: str
    practice: float
    achievement: float


PROVIDERS = {
    "alder-valley": ("Alder Valley Office of Professional Learning", "in-house"),
    "brightpath": ("Brightpath Workshops", "commercial"),
    "lumenpd": ("LumenPD", "commercial"),
    "northstar": ("Northstar Literacy Partners", "commercial"),
}

PROGRAMS = (
    Program(
        "content-coaching",
        "Content coaching",
        "alder-valley",
        "A year of coaching in your subject: planning together, modeling, visits and debriefs.",
        "Cycles of planning, trying and looking back with a coach who knows the content change what"
        " students are asked to think about.",
        "insight;motivation;technique;practice",
        "instruction.thinking;content.tasks;instruction.checks",
        "moderate",
        "Trials of content-focused coaching elsewhere",
        "lottery",
        "in person",
        0.45,
        0.08,
    ),
    Program(
        "generic-coaching",
        "General coaching",
        "alder-valley",
        "Coaching on any part of practice, often begun after a conversation with the principal.",
        "A thinking partner helps a teacher to notice, try and keep what works.",
        "insight;motivation;technique",
        "culture.expectations;instruction.facilitation;instruction.feedback",
        "promising",
        "Studies of coaching in general",
        "referred",
        "in person",
        0.20,
        0.02,
    ),
    Program(
        "peer-visits",
        "Peer visits",
        "alder-valley",
        "Two or three visits a year between colleagues, each on a question of the host.",
        "Seeing a colleague teach, and being seen by one, makes practice talkable.",
        "insight;motivation",
        "culture.support;agency.collaboration;instruction.thinking",
        "moderate",
        "A large trial of peer visits elsewhere",
        "volunteers",
        "in person",
        0.15,
        0.06,
    ),
    Program(
        "skill-pairs",
        "Skill-matched pairs",
        "alder-valley",
        "Two colleagues pair up: one is working on something that the other does well.",
        "Working on one named skill with a colleague who has it makes it learnable.",
        "technique;practice;motivation",
        "instruction.checks;instruction.feedback;agency.perseverance",
        "moderate",
        "A trial of matched pairs elsewhere",
        "matched pairs",
        "in person",
        0.30,
        0.10,
    ),
    Program(
        "data-teams",
        "Data-team inquiry",
        "alder-valley",
        "Grade and course teams look at student work together in six-week cycles.",
        "Teams that stay with one question of their students choose better next steps.",
        "insight;motivation",
        "planning.assessment;instruction.checks",
        "promising",
        "Correlational studies of inquiry teams",
        "staggered",
        "in person",
        0.10,
        0.03,
    ),
    Program(
        "novice-mentoring",
        "Novice mentoring",
        "alder-valley",
        "A mentor for each teacher in the first three years.",
        "New teachers who are not alone learn faster and stay.",
        "insight;motivation;technique;practice",
        "culture.expectations;culture.support;instruction.facilitation",
        "moderate",
        "Trials of induction programs elsewhere",
        "everyone",
        "in person",
        0.25,
        0.04,
    ),
    Program(
        "brightpath-questions",
        "Questions that matter",
        "brightpath",
        "A one-day workshop on asking open questions.",
        "Teachers who know kinds of questions ask better ones.",
        "insight",
        "instruction.thinking",
        "none",
        "",
        "volunteers",
        "in person",
        0.0,
        0.0,
    ),
    Program(
        "brightpath-routines",
        "Calm starts and smooth transitions",
        "brightpath",
        "A one-day workshop on classroom routines.",
        "Routines taught in the first weeks free time for learning.",
        "insight;technique",
        "culture.expectations",
        "rationale",
        "Provider's logic model",
        "volunteers",
        "in person",
        0.0,
        0.0,
    ),
    Program(
        "brightpath-feedback",
        "Feedback in a minute",
        "brightpath",
        "A one-day workshop on short written and spoken feedback.",
        "Short feedback that names the next move is used by students.",
        "insight",
        "instruction.feedback",
        "none",
        "",
        "volunteers",
        "in person",
        0.0,
        0.0,
    ),
    Program(
        "lumenpd-library",
        "LumenPD online library",
        "lumenpd",
        "Hundreds of short videos and courses, any time, with certificates.",
        "Teachers who choose their own topics learn what they need.",
        "insight;motivation",
        "instruction.facilitation;instruction.thinking;agency.autonomy",
        "promising",
        "Provider's user survey",
        "volunteers",
        "online",
        0.0,
        0.0,
    ),
    Program(
        "northstar-literacy",
        "Northstar literacy consulting",
        "northstar",
        "Consultants work beside teachers in literacy lessons for two years, school by school.",
        "Side-by-side work in the literacy block builds a shared way of teaching reading.",
        "insight;technique;practice",
        "content.tasks;instruction.facilitation;instruction.feedback",
        "promising",
        "Provider's own studies",
        "staggered",
        "in person",
        0.0,
        0.0,
    ),
)
BY_ID = {program.id: program for program in PROGRAMS}
