"""Store who is who: persons, schools, sections, students and dated role grants."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    TEACHER = "teacher", "Teacher"
    COACH = "coach", "Coach"
    MENTOR = "mentor", "Mentor"
    CONSULTANT = "consultant", "Consultant"
    SCHOOL_LEADER = "school_leader", "School leader"
    PD_LEAD = "pd_lead", "PD lead"
    ANALYST = "analyst", "Analyst"
    ADMINISTRATOR = "administrator", "Administrator"


class School(models.Model):
    external_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, default="school")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser):
    """An adult of the district, or a guest of it. What she may do comes from her role grants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True, null=True, blank=True)
    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    deactivated_on = models.DateField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]
    objects = BaseUserManager()

    class Meta:
        ordering = ["family_name", "given_name"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def initials(self) -> str:
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()


class Merge(models.Model):
    """Two records of one person made one, by somebody's decision; it can be undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merges")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="merged_into")
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    # What was moved, in order: model, primary key, column, value before, value after.
    moved = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-decided_at"]

    def __str__(self) -> str:
        return f"{self.other} merged into {self.kept}"


class TwoPeople(models.Model):
    """That two records which look alike are of two people, so that nobody is asked again."""

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="two_people_are_told_apart_once")
        ]

    def __str__(self) -> str:
        return f"{self.one} is not {self.other}"


class PersonAlias(models.Model):
    """Another id by which files may name a person: that of a record merged into hers."""

    external_id = models.CharField(max_length=100, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.external_id} is {self.person}"


class RoleGrant(models.Model):
    """A role, where, from when to when, and why: besides a share the only source of access."""

    class Scope(models.TextChoices):
        DISTRICT = "district", "District"
        SCHOOL = "school", "School"
        PROVIDER = "provider", "Provider"

    class Origin(models.TextChoices):
        """Who opened it, and so who may end it: a file ends only what a file has opened."""

        HAND = "hand", "An administrator"
        FILE = "file", "role_grants.csv"
        ROSTER = "roster", "The OneRoster bundle"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    scope_kind = models.CharField(max_length=10, choices=Scope.choices)
    # Filled where scope_kind is school; a provider is named by its external id.
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.CASCADE)
    scope_id = models.CharField(max_length=100, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    legitimate_interest = models.CharField(max_length=300)
    origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.HAND)

    class Meta:
        indexes = [models.Index(fields=["person", "role"])]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "scope_kind", "scope_id", "starts_on"],
                name="one_grant_per_role_scope_and_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class EvaluatorRelation(models.Model):
    """Who evaluates whom in a year, kept for one purpose: to keep that person out of coaching."""

    evaluator = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="evaluates")
    teacher = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="evaluated_by")
    school_year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evaluator", "teacher", "school_year"], name="one_evaluator_relation_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.evaluator} evaluates {self.teacher} in {self.school_year}"


class Employment(models.Model):
    """Where a teacher works in a school year, and since when she has taught."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    school = models.ForeignKey(School, on_delete=models.CASCADE)
    school_year = models.PositiveSmallIntegerField()
    years_experience = models.PositiveSmallIntegerField()
    grades = models.CharField(max_length=60, blank=True)
    subjects = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "school", "school_year"], name="one_employment_a_year_and_school"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.school}, {self.school_year}"


class Section(models.Model):
    """A class group in a school year: source of class feedback and of students' results."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="sections")
    school_year = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    teachers = models.ManyToManyField(Person, through="Teaching", related_name="sections")

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Teaching(models.Model):
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="teachings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="teachings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "person"], name="one_teaching_a_section")
        ]

    def __str__(self) -> str:
        return f"{self.person} teaches {self.section}"


class Student(models.Model):
    """A student; named to her own teachers alone."""

    external_id = models.CharField(max_length=100, unique=True)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"Student {self.pk}"


class StudentNumber(models.Model):
    """A number by which another system knows a student, as a keyed digest that nobody can read."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="numbers")
    # `identifier`, or `userIds: ` and a word of the district's.
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=32)

    class Meta:
        # The mapping page asks whom some numbers stand for.
        indexes = [models.Index(fields=["number"])]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "kind", "number"], name="one_number_a_student_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.student}: {self.kind}"


class Enrollment(models.Model):
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="enrollments")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="enrollments")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "student"], name="one_enrollment_a_section")
        ]

    def __str__(self) -> str:
        return f"{self.student} in {self.section}"
