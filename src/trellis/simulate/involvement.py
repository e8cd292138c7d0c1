"""Decide who takes part in which program, and what it does to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from trellis.simulate.days import ONE_DAY, after_weekend, day_in
from trellis.simulate.instruments import Ints
from trellis.simulate.lottery import Ticket, choose_volunteers, draw_places
from trellis.simulate.people import NOVICE_YEARS, Adult, People
from trellis.simulate.programs import BY_ID, COACH_SD, FADE_OUT_A_YEAR, UPTAKE
from trellis.simulate.traits import ELEMENTS, Floats, Traits

ANA, CHI = 0, 1
BENS_PARTNERS = 11
GENERIC_SHARE, PEER_SHARE, PAIR_SHARE, LUMEN_SHARE, WORKSHOP_SHARE = 0.20, 0.17, 0.12, 0.42, 0.12
CONTINUES, WAITLIST_PROMOTED = 0.40, 0.03
WORKSHOP_DAYS = {
    "brightpath-questions": (10, 22),
    "brightpath-routines": (11, 12),
    "brightpath-feedback": (1, 28),
}


@dataclass(frozen=True, slots=True)
class Partnership:
    """Two people who work together on the practice of one of them.

    Attributes
    ----------
    partner_teacher : index of the partner if she is a teacher, else -1.
    """

    id: str
    year: int
    teacher: int
    partner_id: str
    partner_teacher: int
    kind: str
    started_on: date
    ended_on: date | None
    focus: str
    program_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """A teacher's part in an offer."""

    offer_id: str
    program_id: str
    year: int
    teacher: int
    state: str
    minutes: int
    useful: str
    tried: str


@dataclass(slots=True)
class Involvement:
    """Everything that happened between teachers and programs.

    Attributes
    ----------
    practice, achievement : (J, years) effect received in a year, practice and student SDs.
    started : program -> school -> year of the roll-out, None while not yet.
    """

    practice: Floats
    achievement: Floats
    tickets: list[Ticket] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    partnerships: list[Partnership] = field(default_factory=list)
    started: dict[str, dict[int, int | None]] = field(default_factory=dict)
    partner_effects: dict[str, float] = field(default_factory=dict)
    referral_impression: Floats = field(default_factory=lambda: np.zeros(0))

    def lasting_practice(self) -> Floats:
        """Return (J, years) effects that add up and fade."""
        return _lasting(self.practice)

    def lasting_achievement(self) -> Floats:
        """Return (J, years) effects on students' growth that add up and fade."""
        return _lasting(self.achievement)


def _lasting(received: Floats) -> Floats:
    total = received.copy()
    for y in range(1, received.shape[1]):
        total[:, y] += (1 - FADE_OUT_A_YEAR) * total[:, y - 1]
    return total


def offer_id(program_id: str, year: int) -> str:
    """Name the offer of a program in a year."""
    return f"{program_id}-{year}"


def involve(
    rng: np.random.Generator, people: People, traits: Traits, motivation: Floats, today: date
) -> Involvement:
    """Let three school years of programs happen."""
    count = (len(people.teachers), len(people.years))
    done = Involvement(np.zeros(count), np.zeros(count))
    done.referral_impression = traits.practice + rng.normal(0, 0.8, count[0])
    for kind in ("coach", "consultant"):
        staff = people.with_role(kind)
        drawn = rng.normal(0, COACH_SD, len(staff))
        centered = drawn - drawn.mean()
        done.partner_effects |= {a.id: float(e) for a, e in zip(staff, centered, strict=True)}
    _roll_out(rng, people, done)
    won: set[int] = set()
    lost: set[int] = set()
    for y, schools in enumerate(people.schools_of()):
        season = Season(rng, people, traits, motivation, today, done, y, schools)
        season.mentor_novices()
        winners, losers = season.draw_content_coaching(won, lost)
        season.coach(winners, losers, won)
        won, lost = won | winners, (lost | losers) - winners
        season.pair_peers()
        season.consult()
        season.learn_in_teams()
        season.offer_workshops()
        season.offer_library()
    return done


def _roll_out(rng: np.random.Generator, people: People, done: Involvement) -> None:
    """Fix when a school's turn comes: in the first, second or third year, or not yet."""
    schools = people.shape.schools
    young = [i for i, s in enumerate(schools) if s.kind in ("elementary", "k8")]
    for program_id, eligible in (
        ("northstar-literacy", young),
        ("data-teams", list(range(len(schools)))),
    ):
        turns: dict[int, int | None] = {}
        for rank, school in enumerate(rng.permutation(eligible).tolist()):
            turn = rank * 4 // len(eligible)
            turns[school] = people.years[turn] if turn < 3 else None
        if program_id == "northstar-literacy":
            turns[0] = people.years[1]  # Fay came to Cedar in the second year
        done.started[program_id] = dict(sorted(turns.items()))


@dataclass(slots=True)
class Season:
    """One school year of programs, as it fills an Involvement.

    Attributes
    ----------
    y : index of the year.
    schools : (J,) the school of each teacher this year.
    """

    rng: np.random.Generator
    people: People
    traits: Traits
    motivation: Floats
    today: date
    done: Involvement
    y: int
    schools: Ints
    _serial: int = 0

    @property
    def year(self) -> int:
        """Return the school year."""
        return self.people.years[self.y]

    @property
    def here(self) -> Ints:
        """Return the teachers of this year."""
        return np.sort(self.people.holders[self.y])

    def _novices(self) -> set[int]:
        teachers = self.people.teachers
        return {int(t) for t in self.here if teachers[t].experience_in(self.year) <= NOVICE_YEARS}

    def _at(self, month: int, day: int) -> date:
        return day_in(self.year, month, day)

    def _choose(self, able: Iterable[int], pull: Floats, share: float) -> list[int]:
        """Choose a share of this year's teachers, those with more pull more often."""
        pool = np.array(sorted(able), dtype=np.int64)
        keys = pull[pool] + self.rng.gumbel(size=len(pool))
        return sorted(pool[np.argsort(-keys)[: round(share * len(self.here))]].tolist())

    def _affect(self, teacher: int, program_id: str, extra: float = 0.0) -> None:
        program = BY_ID[program_id]
        self.done.practice[teacher, self.y] += program.practice + extra
        self.done.achievement[teacher, self.y] += program.achievement + 0.2 * extra

    def _take_part(
        self, teacher: int, program_id: str, minutes: int, pleased: float, starts: date
    ) -> None:
        if starts > self.today:
            return
        over = self._at(5, 29) <= self.today or program_id in WORKSHOP_DAYS
        whole = "attended" if self.rng.random() < 0.85 else "partly"
        state = whole if over else "joined"
        share = 1.0 if over else 0.65
        answers = self.rng.random() < 0.7
        useful = _answer(self.rng, pleased)
        tried = _answer(self.rng, pleased - 0.2)
        self.done.parts.append(
            Part(
                offer_id(program_id, self.year),
                program_id,
                self.year,
                teacher,
                state,
                round(minutes * share / 5) * 5,
                useful if answers else "",
                tried if answers else "",
            )
        )

    def _partner(
        self,
        teacher: int,
        partner: Adult | int,
        kind: str,
        program_id: str,
        focus: str = "",
        start: date | None = None,
    ) -> None:
        later = self._at(10, 1) + ONE_DAY * int(self.rng.integers(20))
        starts = start or after_weekend(later)
        if starts > self.today:
            return
        self._serial += 1
        ends = self._at(5, 29)
        self.done.partnerships.append(
            Partnership(
                f"p{self.year % 100}-{self._serial:04d}",
                self.year,
                teacher,
                self.people.teachers[partner].id if isinstance(partner, int) else partner.id,
                partner if isinstance(partner, int) else -1,
                kind,
                starts,
                ends if ends <= self.today else None,
                focus or str(self.rng.choice(ELEMENTS)),
                program_id,
            )
        )

    def mentor_novices(self) -> None:
        """Give each novice a mentor."""
        mentors = self.people.with_role("mentor")
        for n, teacher in enumerate(sorted(self._novices())):
            start = self._at(9, 3)
            self._partner(
                teacher, mentors[n % len(mentors)], "mentor", "novice-mentoring", "", start
            )
            self._take_part(teacher, "novice-mentoring", 1500, 0.75, start)
            self._affect(teacher, "novice-mentoring")

    def draw_content_coaching(self, won: set[int], lost: set[int]) -> tuple[set[int], set[int]]:
        """Let volunteers draw lots within schools."""
        on = self._at(9, 24)
        if on > self.today:
            return set(), set()
        able = set(self.here.tolist()) - self._novices() - won - {ANA, CHI}
        again = np.isin(np.arange(len(self.motivation)), sorted(lost))
        eagerness = 0.5 * self.traits.practice + 0.8 * self.motivation + 1.5 * again
        count = round(self.people.shape.volunteers * len(self.here))
        pool = np.array(sorted(able), dtype=np.int64)
        volunteers = choose_volunteers(self.rng, pool, eagerness, self.schools, count)
        seed = int(self.rng.integers(10**6, 10**7))
        tickets = draw_places(
            offer_id("content-coaching", self.year), volunteers, self.schools, on, seed
        )
        self.done.tickets += tickets
        winners = {t.teacher for t in tickets if t.drawn}
        return winners, {t.teacher for t in tickets if not t.drawn}

    def coach(self, winners: set[int], losers: set[int], won: set[int]) -> None:
        """Begin this year's coaching: by lot, by referral, and some that simply goes on."""
        takes = sorted(t for t in winners if self.rng.random() < UPTAKE)
        takes += sorted(t for t in losers if self.rng.random() < WAITLIST_PROMOTED)
        goes_on = sorted(t for t in won & set(self.here.tolist()) if self.rng.random() < CONTINUES)
        busy = winners | losers | set(goes_on) | self._novices() | {ANA, CHI}
        able = set(self.here.tolist()) - busy
        sent = self._choose(able, -0.8 * self.done.referral_impression, GENERIC_SHARE)
        wanted = [(t, "content-coaching") for t in takes] + [(t, "generic-coaching") for t in sent]
        wanted += [(t, "") for t in goes_on]
        for (teacher, program_id), coach in zip(
            wanted, self._coaches_for(len(wanted)), strict=True
        ):
            focus = BY_ID[program_id].elements.split(";") if program_id else ELEMENTS
            self._partner(teacher, coach, "coach", program_id, str(self.rng.choice(focus)))
            if program_id:
                self._affect(teacher, program_id, self.done.partner_effects[coach.id])
                self._take_part(teacher, program_id, 900, 0.7, self._at(10, 1))
        for teacher in sorted(winners - set(takes)):
            self.done.parts.append(
                Part(
                    offer_id("content-coaching", self.year),
                    "content-coaching",
                    self.year,
                    teacher,
                    "withdrawn",
                    0,
                    "",
                    "",
                )
            )

    def _coaches_for(self, count: int) -> list[Adult]:
        """Share partnerships out among coaches: Ben has eleven, the others about equally many."""
        ben, *others = self.people.with_role("coach")
        share = [others[n % len(others)] for n in range(max(0, count - BENS_PARTNERS))]
        everyone = [ben] * min(count, BENS_PARTNERS) + share
        return [everyone[i] for i in self.rng.permutation(len(everyone))]

    def pair_peers(self) -> None:
        """Let colleagues visit one another, by interest or matched on a skill."""
        eagerness = 0.6 * self.traits.practice + 0.6 * self.motivation
        able = set(self.here.tolist()) - {ANA, CHI}
        visiting = self._choose(able, eagerness, PEER_SHARE)
        visiting = sorted(visiting, key=lambda t: int(self.schools[t]))
        pairs = [(ANA, CHI)] if self.y > 0 else []
        pairs += list(zip(visiting[::2], visiting[1::2], strict=False))
        for one, other in pairs:
            focus = "instruction.thinking" if one == ANA else ""
            start = self._at(10, 1) if one == ANA else None
            self._partner(one, other, "peer", "peer-visits", focus, start)
            for teacher in (one, other):
                self._take_part(teacher, "peer-visits", 240, 0.75, self._at(10, 1))
                self._affect(teacher, "peer-visits")
        matched = self._choose(able - set(visiting), 0 * eagerness, PAIR_SHARE)
        for learner, helper in zip(matched[::2], matched[1::2], strict=False):
            self._partner(learner, helper, "peer", "skill-pairs")
            self._affect(learner, "skill-pairs")
            for teacher in (learner, helper):
                self._take_part(teacher, "skill-pairs", 360, 0.75, self._at(10, 1))

    def consult(self) -> None:
        """Send Northstar's consultants to the schools whose turn it is, for two years."""
        consultants = self.people.with_role("consultant")
        turns = self.done.started["northstar-literacy"]
        for teacher in self._homeroom_teachers():
            started = turns.get(int(self.schools[teacher]))
            if started is None or not 0 <= self.year - started < 2 or self.rng.random() > 0.88:
                continue
            self._take_part(teacher, "northstar-literacy", 1200, 0.6, self._at(9, 8))
            if teacher in (ANA, CHI):
                continue
            consultant = consultants[(int(self.schools[teacher]) + teacher) % len(consultants)]
            self._partner(teacher, consultant, "consultant", "northstar-literacy", "content.tasks")
            self._affect(teacher, "northstar-literacy", self.done.partner_effects[consultant.id])

    def _homeroom_teachers(self) -> list[int]:
        held = zip(self.people.positions, self.people.holders[self.y], strict=True)
        return [int(t) for p, t in held if p.kind == "homeroom"]

    def learn_in_teams(self) -> None:
        """Run inquiry in the schools that have begun with it."""
        turns = self.done.started["data-teams"]
        for teacher in self.here.tolist():
            started = turns[int(self.schools[teacher])]
            if started is not None and started <= self.year and self.rng.random() < 0.9:
                self._take_part(teacher, "data-teams", 720, 0.5, self._at(9, 15))
                self._affect(teacher, "data-teams")

    def offer_workshops(self) -> None:
        """Hold Brightpath's three days."""
        eagerness = 0.3 * self.traits.practice + 0.6 * self.motivation
        for program_id, (month, day) in WORKSHOP_DAYS.items():
            for teacher in self._choose(self.here.tolist(), eagerness, WORKSHOP_SHARE):
                self._take_part(teacher, program_id, 360, 0.55, self._at(month, day))

    def offer_library(self) -> None:
        """Let those who like it use LumenPD, and like it much."""
        eagerness = 0.5 * self.traits.practice + 0.9 * self.motivation
        for teacher in self._choose(self.here.tolist(), eagerness, LUMEN_SHARE):
            minutes = int(self.rng.gamma(4.0, 330))
            self._take_part(teacher, "lumenpd-library", minutes, 0.92, self._at(8, 25))


def _answer(rng: np.random.Generator, yes: float) -> str:
    """Answer yes with a chance; of the other answers most are partly."""
    up_to = (yes, yes + 0.7 * (1 - yes))
    return ("yes", "partly", "no")[int(np.searchsorted(up_to, rng.random()))]
