"""Say who opens which address, and who acts on it: the table that the walls are tested against.

Read it as documentation; `docs/reference/access.md` is written from it (python -m
tests.promises.reference). To add an address, add a row: `opens` and `acts` name roles of ROLES,
separated by commas; `told` gets 403 and everybody else `otherwise`. An address that only shows
has no `acts`; one that only acts has no `opens`. A new kind of thing goes onto the stage in
`cast_at_work.py`, with its words made by `secret(...)`.
"""

from dataclasses import dataclass, field

ROLES = {
    "owner": "Ana, a teacher; every thing in this table is hers or is about her",
    "coach": "Ben, her coach, whom she let into her plan",
    "other coach": "a coach who has no partnership with Ana",
    "peer": "Chi, a teacher of the same school, with whom Ana shared nothing",
    "peer by name": "a peer with whom Ana shared one goal, by name, until a day",
    "leader": "Dee, the principal, who also evaluates Ana",
    "leader by name": "a principal with whom Ana shared one goal, by name, until a day",
    "PD lead": "Eli, who leads professional development in the district",
    "consultant": "Fay of Northstar, whom Ana has invited and who has not answered yet",
    "analyst": "Gus, who runs reviews of programs",
    "administrator": "Hana, who keeps accounts, roles and imports",
    "no role": "somebody who can sign in and holds no role today",
    "stranger": "somebody who is not signed in",
}
SIGNED_IN = ", ".join(role for role in ROLES if role != "stranger")
WORKS_HERE = ", ".join(role for role in ROLES if role not in ("stranger", "no role"))
ANYBODY = ", ".join(ROLES)
NAMED = "peer by name, leader by name"
PAIR = "owner, coach"
VISIT_NAMED = f"{PAIR}, peer by name"
RUNS = "PD lead, analyst"
PROGRAMS = f"{RUNS}, consultant"
PARTIES = "owner, consultant"  # Ana took part in the program, Fay's Northstar provides it
CONCERNED = f"{RUNS}, {PARTIES}"
SCHOOLS = f"{CONCERNED}, coach, other coach, peer, leader, {NAMED}"
LETS_IN = "owner, coach"


@dataclass(frozen=True, slots=True)
class Row:
    """One address with one kind of thing behind it."""

    name: str  # of the url
    what: str  # in plain words, for the reader of the table
    args: tuple[str, ...] = ()  # which things of the stage stand in the address, in order
    opens: str = ""  # roles that get the page
    acts: str = ""  # roles whose form is taken (or returned with a problem)
    told: str = ""  # roles that may read it and are told that acting is not theirs: 403
    otherwise: int = 404  # what any other signed-in person gets
    query: str = ""  # behind the "?"
    data: dict[str, str] = field(default_factory=dict)  # what is posted

    def may_open(self) -> frozenset[str]:
        return _roles(self.opens)

    def is_told(self) -> frozenset[str]:
        return _roles(self.told)

    def may_act(self) -> frozenset[str]:
        return _roles(self.acts)


def _roles(words: str) -> frozenset[str]:
    named = frozenset(word.strip() for word in words.split(",") if word.strip())
    unknown = named - ROLES.keys()
    assert not unknown, f"Unknown roles {sorted(unknown)}: the roles stand in ROLES."
    return named


ADMIN = "administrator"
TOLD = f"coach, {NAMED}"
TABLE = (
    Row("web:home", "First page of her first role", opens=SIGNED_IN),
    Row("web:health", "Whether the server is well", opens=ANYBODY),
    Row("web:school", "Reach of support, as groups", opens="leader, leader by name", otherwise=403),
    Row("web:today", "One's own day, and what waits", opens=SIGNED_IN),
    Row("web:coach_today", "One's own partnerships, today", opens=SIGNED_IN),
    Row("ui:style_guide", "Every component in every state", opens=SIGNED_IN),
    # Signing in, and one's own account.
    Row("people:sign_in", "Signing in", opens=ANYBODY, acts=ANYBODY),
    Row("people:sign_in_as_cast", "Signing in as one of the cast: in a demonstration only"),
    Row("people:sign_out", "Signing out", acts=ANYBODY),
    Row("people:password_reset", "A forgotten password", opens=ANYBODY, acts=ANYBODY),
    Row("people:password_sent", "That a letter was sent", opens=ANYBODY),
    Row(
        "people:password_reset_confirm",
        "The address in the letter",
        ("uid", "token"),
        opens=ANYBODY,
        acts=ANYBODY,
    ),
    Row("people:account", "One's own account", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("people:appearance", "Appearance and contrast", opens=SIGNED_IN),
    # Accounts and roles: configuration, never work or evidence.
    Row("people:people", "Everybody's accounts", opens=ADMIN, otherwise=403),
    Row("people:person", "An account", ("person",), opens=ADMIN, otherwise=403),
    Row("people:grant_role", "Opening a role", ("person",), acts=ADMIN, otherwise=403),
    Row("people:close_account", "Closing an account", ("person",), acts=ADMIN, otherwise=403),
    Row("people:open_account", "Opening an account again", ("person",), acts=ADMIN, otherwise=403),
    Row("people:end_role", "Ending a role", ("grant",), acts=ADMIN, otherwise=403),
    Row("web:merges", "Two records, one person?", opens=ADMIN, otherwise=403),
    Row(
        "web:compare_records",
        "Two records side by side",
        ("person", "second record"),
        opens=ADMIN,
        acts=ADMIN,
        otherwise=403,
    ),
    Row("web:undo_merge", "Putting them apart again", ("merge",), acts=ADMIN, otherwise=403),
    Row(
        "web:tell_apart",
        "Saying that two records are two people",
        ("person", "second record"),
        acts=ADMIN,
        otherwise=403,
    ),
    Row("web:take_back_apart", "Taking that back", ("told apart",), acts=ADMIN, otherwise=403),
    # Who sees what: each person about herself alone.
    Row("trust:who_sees_what", "What is held, shared, looked at", opens=SIGNED_IN),
    Row("trust:share", "Sharing a thing of one's own", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("trust:revoke", "Taking a share of Ana's back", ("share",), acts="owner"),
    Row("trust:seen_by", "What another sees of oneself", opens="owner", query="?who={coach}"),
    Row("trust:download", "All that is held about oneself", opens=SIGNED_IN),
    # The plan: its owner's; those whom she let in read and propose; a share opens one goal.
    Row("plans:my_plan", "One's own plan", opens=SIGNED_IN),
    Row("plans:open_file", "One's own plan as an open file", opens="owner"),
    Row("plans:grant_time", "Minutes a week for one's own plan", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("plans:invite", "Letting somebody into one's own plan", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("plans:new_goal", "Setting a goal in one's own plan", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("plans:goal", "Ana's goal", ("goal",), opens=f"{LETS_IN}, {NAMED}"),
    Row(
        "plans:check_in", "A count of Ana's goal", ("goal",), opens="owner", acts="owner", told=TOLD
    ),
    Row(
        "plans:refine",
        "Putting Ana's goal in new words",
        ("goal",),
        opens="owner",
        acts="owner",
        told=TOLD,
    ),
    Row("plans:meet", "Calling Ana's goal met", ("goal",), acts="owner", told=TOLD),
    Row(
        "plans:raise_goal", "Raising Ana's goal", ("goal",), opens="owner", acts="owner", told=TOLD
    ),
    Row(
        "plans:set_aside",
        "Setting Ana's goal aside",
        ("goal",),
        opens="owner",
        acts="owner",
        told=TOLD,
    ),
    Row("plans:new_step", "A next step in one's own plan", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("plans:look_back", "Looking back on Ana's step", ("step",), opens="owner", acts="owner"),
    Row("plans:move_step", "Moving Ana's step", ("step",), opens="owner", acts="owner"),
    Row("plans:accept", "Accepting an idea for Ana's plan", ("suggestion",), acts="owner"),
    Row("plans:adapt", "Adapting an idea", ("suggestion",), opens="owner", acts="owner"),
    Row("plans:decline", "Declining an idea", ("suggestion",), acts="owner"),
    Row("plans:end_collaboration", "Closing the plan to Ben", ("collaborator",), acts="owner"),
    Row("plans:remove_resource", "Taking a resource off", ("saved resource",), acts="owner"),
    Row("plans:plan", "Ana's plan", ("plan",), opens=LETS_IN),
    Row("plans:suggest", "An idea for Ana's plan", ("plan",), opens=LETS_IN, acts=LETS_IN),
    Row("plans:comment", "A word in Ana's plan", ("plan",), acts=LETS_IN),
    # Insights and evidence: their owner's; a share names one of them.
    Row("insights:my_evidence", "What is held about one's practice", opens=SIGNED_IN),
    Row("insights:own_reading", "One's own reading", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("insights:withdraw", "Withdrawing Ana's evidence", ("evidence",), acts="owner"),
    Row("insights:restore", "Bringing Ana's evidence back", ("evidence",), acts="owner"),
    Row("insights:classroom_talk", "A lesson’s transcript", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("insights:keep_talk", "Keeping some of one’s own lesson’s talk", acts=SIGNED_IN),
    Row("insights:talk", "What Ana kept of a lesson’s talk", ("lesson talk",), opens="owner"),
    Row("insights:count_talk", "Letting it count", ("lesson talk",), acts="owner"),
    Row("insights:delete_talk", "Deleting it", ("lesson talk",), acts="owner"),
    Row("insights:my_class", "Ana's class, by objective", ("section",), opens="owner"),
    Row("insights:look_again", "Students by name", ("section", "objective"), opens="owner"),
    Row("insights:insight", "Ana's insight", ("insight",), opens="owner, peer by name"),
    Row(
        "insights:insight",
        "… with where other teachers stand: asked for and drawn by Ana alone",
        ("insight",),
        opens="owner, peer by name",
        query="?others=1",
    ),
    Row("insights:rules", "The rules by which insights are found", opens=SIGNED_IN),
    Row("insights:reply", "Her answer to it", ("insight",), acts="owner", told="peer by name"),
    # Asking a class: the teacher who asks, alone. Students come by a code, without an account.
    Row("web:ask_my_class", "One's own classes, to be asked", opens=SIGNED_IN),
    Row("web:ask_class", "Asking Ana's class", ("section",), opens="owner", acts="owner"),
    Row("web:class_collection", "What Ana's class says", ("collection",), opens="owner"),
    Row("web:show_code", "Its code, large", ("collection",), opens="owner"),
    Row("web:close_collection", "Closing it", ("collection",), acts="owner"),
    Row("web:class_code", "Where a student types a code", opens=ANYBODY),
    Row(
        "web:class_questions",
        "The ten questions of a code; nothing of who asks",
        ("class code",),
        opens=ANYBODY,
        acts=ANYBODY,
    ),
    Row("web:class_thanks", "That answers are in", opens=ANYBODY),
    Row("web:explore", "Resources, with reasons from one's own data", opens=SIGNED_IN),
    Row("web:resource", "A resource", ("resource",), opens=SIGNED_IN),
    Row(
        "web:save_resource",
        "Putting it beside one's own plan",
        ("resource",),
        acts="owner, peer, peer by name",
        otherwise=403,
    ),
    Row("web:live", "That something happened to oneself", opens=SIGNED_IN),
    Row("web:visit_worker", "The script that keeps visits offline", opens=ANYBODY),
    # Partnerships: the two; a visit whose notes are shared, also whom the host names.
    Row("coaching:my_people", "With whom one works", opens=SIGNED_IN),
    Row("coaching:invite", "Inviting somebody oneself", opens=SIGNED_IN, acts=SIGNED_IN),
    Row("coaching:partnership", "Ana and Ben", ("partnership",), opens=PAIR),
    Row(
        "coaching:accept",
        "Accepting: Fay's word alone counts",
        ("invitation",),
        acts="consultant",
        told="owner",
    ),
    Row(
        "coaching:decline",
        "Declining: Fay's word alone counts",
        ("invitation",),
        acts="consultant",
        told="owner",
    ),
    Row("coaching:end", "Ending a partnership", ("partnership",), acts=PAIR),
    Row("coaching:agreement", "Their agreement", ("partnership",), opens=PAIR, acts=PAIR),
    Row("coaching:sign", "Signing it, each for herself", ("partnership",), acts=PAIR),
    Row("coaching:log", "Logging a session", ("partnership",), opens=PAIR, acts=PAIR),
    Row("coaching:promise", "A promise of one's own", ("partnership",), opens=PAIR, acts=PAIR),
    Row("coaching:kept", "Ben's promise is kept", ("next step",), acts="coach"),
    Row("coaching:drop", "Letting Ben's promise go", ("next step",), acts="coach"),
    Row("coaching:move", "Moving Ben's promise", ("next step",), opens="coach", acts="coach"),
    Row("coaching:propose_visit", "Asking for a visit", ("partnership",), opens=PAIR, acts=PAIR),
    Row("coaching:visit", "A visit proposed", ("visit proposed",), opens=PAIR),
    Row("coaching:visit", "A visit agreed, notes not shared", ("visit accepted",), opens=PAIR),
    Row("coaching:visit", "A visit held, notes shared", ("visit held",), opens=VISIT_NAMED),
    Row("coaching:answer_visit", "Answering", ("visit proposed",), opens=PAIR, acts=PAIR),
    Row(
        "coaching:decline_visit",
        "Saying no to Ben's wish to visit",
        ("visit proposed",),
        acts="owner",
        told="coach",
    ),
    Row("coaching:cancel_visit", "Calling a visit off", ("visit accepted",), acts=PAIR),
    Row("coaching:note", "Taking a note", ("visit accepted",), acts=PAIR),
    Row("coaching:share_visit", "Sharing the notes", ("visit accepted",), acts=PAIR),
    Row(
        "coaching:debrief",
        "That they talked about it",
        ("visit held",),
        acts=PAIR,
        told="peer by name",
    ),
    # Imports and data quality: the administrator's; no content of anybody.
    Row("web:imports", "Bringing files", opens=ADMIN, acts=ADMIN, otherwise=403),
    Row("web:import", "An import", ("import",), opens=ADMIN, otherwise=403),
    Row(
        "web:import_lines",
        "What it changes, by name",
        ("import",),
        opens=ADMIN,
        otherwise=403,
        query="?kind=people&what=added",
    ),
    Row("web:import_sound_rows", "Only its sound rows", ("import",), acts=ADMIN, otherwise=403),
    Row("web:import_left_out", "Which rows stay out", ("import",), opens=ADMIN, otherwise=403),
    Row("web:undo_import", "Undoing it", ("import",), opens=ADMIN, acts=ADMIN, otherwise=403),
    Row("web:apply_import", "Applying it", ("import",), acts=ADMIN, otherwise=403),
    Row("web:refuse_import", "Refusing it", ("import",), acts=ADMIN, otherwise=403),
    Row(
        "web:mapping",
        "What the columns of a file mean",
        ("import that waits",),
        opens=ADMIN,
        acts=ADMIN,
        otherwise=403,
        query="?file=growth.csv",
    ),
    Row("web:mappings", "Layouts of vendors", opens=ADMIN, acts=ADMIN, otherwise=403),
    Row("web:mapping_file", "A mapping to share", ("mapping",), opens=ADMIN, otherwise=403),
    Row("web:put_mapping_away", "Putting it away", ("mapping",), acts=ADMIN, otherwise=403),
    # Systems come with a token and no role; to everybody else the endpoint is closed.
    Row("web:api_imports", "Sending files: with a token alone", otherwise=401),
    Row("web:api_import", "What became of them: with a token alone", ("import",), otherwise=401),
    Row("web:systems", "Systems that send files", opens=ADMIN, acts=ADMIN, otherwise=403),
    Row("web:revoke_token", "Ending a token", ("system",), acts=ADMIN, otherwise=403),
    Row("web:data_quality", "What data is missing", opens=ADMIN, otherwise=403),
    # Frameworks: published texts, read by whoever works here; bringing and versions are Hana's.
    Row("evidence:practice", "What the words of practice mean", opens=SIGNED_IN),
    Row("evidence:frameworks", "Bringing frameworks", opens=ADMIN, acts=ADMIN, otherwise=403),
    Row("evidence:crosswalk", "How frameworks relate", opens=ADMIN, acts=ADMIN, otherwise=403),
    Row("evidence:framework", "A framework in use", ("framework",), opens=WORKS_HERE),
    Row(
        "evidence:put_away_framework",
        "Taking it out of use",
        ("framework",),
        acts=ADMIN,
        otherwise=403,
    ),
    Row("evidence:version", "A version of it", ("framework version",), opens=ADMIN),
    Row("evidence:adopt_version", "Putting it in use", ("framework version",), acts=ADMIN),
    Row("evidence:version_file", "It as a file", ("framework version",), opens=ADMIN),
    Row("evidence:version_file", "A private one as a file: nobody", ("private version",)),
    # Programs and reviews: counts and intervals, never a person.
    Row("activities:programs", "Programs with cost", opens=PROGRAMS, otherwise=403),
    Row("activities:program", "A program of Northstar", ("program",), opens=PROGRAMS),
    Row("activities:provider", "Northstar", ("provider",), opens=PROGRAMS),
    Row("impact:reviews", "The reviews that one may read", opens=SIGNED_IN),
    Row("impact:district", "What waits in the district", opens="PD lead", otherwise=403),
    Row("impact:register", "Registering", opens=RUNS, acts=RUNS, otherwise=403),
    Row("impact:review", "A review without read-out", ("review registered",), opens=RUNS),
    Row("impact:review", "Read out to participants", ("review read out",), opens=CONCERNED),
    Row("impact:review", "Opened to the district", ("review released",), opens=SCHOOLS),
    Row("impact:run", "Running a review", ("review registered",), acts=RUNS),
    Row("impact:rerun", "Running it again", ("review read out",), acts=RUNS, told=PARTIES),
    Row("impact:release", "Opening it", ("review read out",), acts=RUNS, told=PARTIES),
    Row(
        "impact:decide",
        "Recording the decision",
        ("review read out",),
        acts="PD lead",
        told=f"analyst, {PARTIES}",
        data={"choice": "continue", "why": "It may help."},
    ),
    Row(
        "impact:reply",
        "The provider's reply",
        ("review read out",),
        acts="consultant",
        told=f"owner, {RUNS}",
        data={"text": "We see it so, too."},
    ),
    Row(
        "impact:amend",
        "Amending a registration",
        ("review registered",),
        acts=RUNS,
        data={"text": "Two weeks later."},
    ),
    Row("impact:data", "Plan and figures as a file", ("review read out",), opens=CONCERNED),
)
