"""Tell a person by e-mail that something waits, and read her evidence anew, in the background.

A letter says who and where to look, never what was written: mail leaves the district's walls.
"""

from django.conf import settings
from django.core.mail import send_mail
from django_tasks import task

from trellis.insights import actions as insights
from trellis.people.models import Person

LETTERS = {
    "invited": (
        "{who} would like to work with you",
        "{who} invites you to a partnership in Trellis. Nothing begins until you accept.",
    ),
    "accepted": (
        "{who} accepted your invitation",
        "{who} accepted. Next, read your agreement in Trellis and sign it.",
    ),
    "visit": (
        "{who} asks about a visit",
        "{who} proposes a visit. It takes place only if you accept it in Trellis.",
    ),
    "notes": (
        "{who} shared visit notes with you",
        "The notes of a visit wait for you in Trellis. Only the two of you can read them.",
    ),
}


@task()
def write_to(person_id: str, letter: str, who: str) -> None:
    """Send one of the letters; somebody who has left gets none."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return
    subject, body = LETTERS[letter]
    send_mail(
        subject.format(who=who),
        f"Hello {person.given_name},\n\n{body.format(who=who)}\n",
        settings.DEFAULT_FROM_EMAIL,
        [person.email],
    )


@task()
def read_anew(person_id: str) -> None:
    """Compute a teacher's insights again, now that she has new evidence."""
    insights.refresh(Person.objects.get(pk=person_id))
