"""Store imports, and each piece of evidence with its source and its owner."""

import uuid

from django.conf import settings
from django.db import models

from trellis.people.models import Section
from trellis.trust import clock


class Import(models.Model):
    """Files that a district brought: received, checked, previewed, then applied or refused."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        CHECKED = "checked", "Checked"
        WAITING = "waiting", "Waits for a mapping"
        PREVIEWED = "previewed", "Ready to apply"
        APPLYING = "applying", "Applying"
        APPLIED = "applied", "Applied"
        REFUSED = "refused", "Refused"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    files = models.JSONField(default=list)  # name, kind, size, rows, sha256 of each file
    content_hash = models.CharField(max_length=64, db_index=True)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict)  # kind -> added, changed, deactivated
    progress = models.JSONField(default=dict)
    manifest = models.CharField(max_length=64, blank=True)
    # Name of the mapping that files of unknown layout are read by; empty: the one that fits.
    mapping = models.CharField(max_length=60, blank=True)
    # A person's word, given after being told how many the files leave out.
    accepts_leavers = models.BooleanField(default=False)
    # A person's choice: rows with problems stay out, and so many did.
    sound_rows = models.BooleanField(default=False)
    left_out = models.PositiveIntegerField(default=0)
    # Roles that the roster hints at and only a person opens: who, and where.
    suggested = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    taken_back = models.JSONField(default=list)  # what undoing it did, by kind

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"Import of {clock.here(self.received_at):%Y-%m-%d %H:%M}"


class SavedMapping(models.Model):
    """What the columns of a vendor's layout mean. A version never changes; the newest is used."""

    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    vendor = models.CharField(max_length=100, blank=True)
    mapping = models.JSONField()  # as `interchange.mapping.ColumnMapping`
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    put_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_mapping_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class ImportLines(models.Model):
    """Up to a thousand things of a kind that an import adds, changes or sets aside, by name."""

    brought = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lists")
    kind = models.CharField(max_length=60)
    what = models.CharField(max_length=10)
    part = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    body = models.BinaryField()  # compressed JSON: what, name, what changes

    class Meta:
        ordering = ["part"]
        indexes = [models.Index(fields=["brought", "kind", "what", "part"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.what}, part {self.part}"


class JournalEntry(models.Model):
    """What an import did to one kind of thing, so that it can be taken back; kept for the last."""

    brought = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="journal")
    position = models.PositiveSmallIntegerField()
    body = models.BinaryField()  # a packed `trust.storing.Entry`

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"Step {self.position} of {self.brought}"


class SystemToken(models.Model):
    """A key by which another system sends files; only its digest is kept."""

    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    may_accept_leavers = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    ends_on = models.DateField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name


class SentImport(models.Model):
    """An import that a system sent: by which token, and what it asked for."""

    brought = models.OneToOneField(
        Import, primary_key=True, on_delete=models.CASCADE, related_name="sent"
    )
    token = models.ForeignKey(SystemToken, on_delete=models.CASCADE, related_name="sent")
    key = models.CharField(max_length=100, null=True)  # the Idempotency-Key, if one came
    asked = models.CharField(max_length=64)  # digest of body, name and wishes
    apply_if_sound = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="one_import_a_token_and_key")
        ]

    def __str__(self) -> str:
        return f"{self.brought}, sent by {self.token}"


class ClassCollection(models.Model):
    """A teacher asks one of her classes; what comes in is kept as counts for each question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="collections")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections"
    )
    code = models.CharField(max_length=10, unique=True, null=True)  # none once it is closed
    reading_level = models.CharField(
        max_length=10, choices=[("younger", "Grades 3 to 5"), ("older", "Grades 6 to 12")]
    )
    enrolled = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(default=0)
    counts = models.JSONField()  # item -> how many said never, rarely, sometimes, often, always
    opened_at = models.DateTimeField()
    closes_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return f"{self.section}, asked on {self.opened_at:%Y-%m-%d}"


class AnswerSent(models.Model):
    """That a browser sent its answers, as the digest of a random word; gone when it is closed."""

    collection = models.ForeignKey(
        ClassCollection, on_delete=models.CASCADE, related_name="sendings"
    )
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"Sent to {self.collection_id}"


class Source(models.TextChoices):
    VISIT = "visit", "Visit"
    CLASS_FEEDBACK = "class feedback", "Class feedback"
    SELF_REFLECTION = "self-reflection", "Your own reading"
    STUDENT_WORK = "student work", "Student work"
    TALK = "talk", "Classroom talk"
    VIEW = "view", "Your answer to an insight"


class EvidenceItem(models.Model):
    """A dated, low-inference record about one element of a teacher's practice; hers.

    `value` is on the level-word scale 0 to 3 for visits and reflections, the mean answer on
    1 to 5 for class feedback, a rate 0 to 1 out of `n` for classroom talk; `spread` is the
    standard deviation between students.
    `lesson` groups what was seen in the same lesson: such marks move together.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="evidence"
    )
    source = models.CharField(max_length=20, choices=Source.choices)
    element = models.CharField(max_length=40)
    seen_on = models.DateField()
    value = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(default=1)
    spread = models.FloatField(null=True, blank=True)
    lesson = models.CharField(max_length=100, blank=True)
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=20, blank=True)
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.SET_NULL)
    text = models.TextField(blank=True)
    # Where it came from: an import's file and row, or empty when made in Trellis.
    brought_by = models.ForeignKey(Import, null=True, blank=True, on_delete=models.SET_NULL)
    file = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    external_id = models.CharField(max_length=150, unique=True, null=True, blank=True)
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seen_on", "element"]
        indexes = [models.Index(fields=["owner", "element", "seen_on"])]

    def __str__(self) -> str:
        return f"{self.source} on {self.element}, {self.seen_on}"


class LearningObjective(models.Model):
    """What students are to learn, as a published framework states it."""

    identifier = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=60, blank=True)
    statement = models.TextField()
    subject = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code or self.statement


class LineItem(models.Model):
    """What results of a roster refer to, so that later results need not bring it again."""

    external_id = models.CharField(max_length=100, unique=True)
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="line_items")
    objectives = models.TextField(blank=True)  # their identifiers, one a line
    items = models.PositiveIntegerField()  # the most answers that can be right; 0 if not known

    def __str__(self) -> str:
        return self.external_id


class Framework(models.Model):
    """A framework of practice, or standards of what students are to learn, by its publisher."""

    class Kind(models.TextChoices):
        PRACTICE = "practice framework", "Practice framework"
        STANDARDS = "learning standards", "Learning standards"

    identifier = models.CharField(max_length=100, unique=True)
    title = models.TextField()
    creator = models.TextField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["kind", "title"]

    def __str__(self) -> str:
        return self.title


class FrameworkVersion(models.Model):
    """A framework as it was published at one time, whole, under its terms; it never changes.

    `package` is strict CASE 1.1 and `content_hash` its SHA-256; the same package under other
    terms is another version.
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    package = models.TextField()
    case_version = models.CharField(max_length=20, blank=True)  # as the file said
    license_title = models.TextField(blank=True)
    license_uri = models.TextField(blank=True)
    license_text = models.TextField(blank=True)
    attribution = models.TextField(blank=True)
    disclaimer = models.TextField(blank=True)
    # Private: read by those who work here, and never exported.
    is_private = models.BooleanField(default=False)
    terms_hash = models.CharField(max_length=64, blank=True)
    items_count = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    brought_by = models.ForeignKey(Import, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["framework", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "content_hash", "terms_hash"],
                name="a_framework_says_the_same_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.number}"


class Adoption(models.Model):
    """Which version of a framework is in use; none before the first, and none once put away."""

    framework = models.OneToOneField(Framework, on_delete=models.CASCADE, related_name="adoption")
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.version)


class FrameworkItem(models.Model):
    """One item of a version at its place in the tree, for looking it up."""

    version = models.ForeignKey(FrameworkVersion, on_delete=models.CASCADE, related_name="items")
    identifier = models.CharField(max_length=100, db_index=True)
    code = models.TextField(blank=True)
    statement = models.TextField()
    short_statement = models.TextField(blank=True)
    item_type = models.TextField(blank=True)
    grades = models.JSONField(default=list)
    parent = models.CharField(max_length=100, blank=True)  # identifier; empty under the document
    depth = models.PositiveIntegerField()
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["version", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "identifier"], name="an_item_stands_once_in_a_version"
            )
        ]

    def __str__(self) -> str:
        return self.code or self.short_statement or self.statement


class CrosswalkLink(models.Model):
    """That an item of one framework relates to one of another; by identifier, without weight."""

    origin = models.CharField(max_length=200, db_index=True)
    relation = models.CharField(max_length=100)
    destination = models.CharField(max_length=200, db_index=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "relation", "destination"], name="a_relation_is_said_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.relation} {self.destination}"
