"""Let a visitor of the demonstration district be one of its cast, and nobody elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404

from trellis.people.models import Person
from trellis.people.queries import with_open_grants

# Who stands on the sign-in page, in the order of the five-minute story, and what to try first.
INVITATIONS = {
    "ana": "See why one insight stands out, set a goal and raise it",
    "ben": "Log a visit with the network off and watch it arrive",
    "chi": "Visit a colleague, and be invited back",
    "dee": "See that support reaches people, without a word of it",
    "eli": "Open a review that says “cannot tell yet”",
    "fay": "Work with teachers for a contract’s length, as a guest",
    "gus": "Register a review and run it again to the last digit",
    "hana": "Bring the district’s files in, and open or end a role",
}
# Names that only this machine answers to. Where others can reach the server, anyone of them
# could be anyone: the demonstration stays at home.
HOSTS_AT_HOME = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver"})
# Reserved for examples by RFC 2606: no person of a real district has such an address, so a real
# database that is opened by mistake as a demonstration still lets nobody in.
MADE_UP_ADDRESS = ".example"


@dataclass(frozen=True, slots=True)
class CastCard:
    """One of the cast, as her card on the sign-in page shows her."""

    key: str
    name: str
    given_name: str
    initials: str
    roles: str
    invitation: str


def is_open() -> bool:
    """Return whether this installation may sign anybody in as one of the cast."""
    return bool(settings.TRELLIS_DEMO) and not hosts_beyond_home()


def hosts_beyond_home() -> list[str]:
    """Return the names under which others could reach a server that is a demonstration."""
    return sorted(set(settings.ALLOWED_HOSTS) - HOSTS_AT_HOME)


def cards() -> list[CastCard]:
    """Return a card for each of the cast whom the district's files brought, in their order."""
    if not is_open():
        return []
    people = with_open_grants(
        Person.objects.filter(
            external_id__in=INVITATIONS, is_active=True, email__endswith=MADE_UP_ADDRESS
        )
    )
    found = {person.external_id: person for person in people}
    return [_card(key, found[key]) for key in INVITATIONS if key in found]


def cast_member(key: str) -> Person:
    """Return one of the cast; 404 outside the demonstration, whoever asks."""
    if not is_open() or key not in INVITATIONS:
        raise Http404
    person = Person.objects.filter(
        external_id=key, is_active=True, email__endswith=MADE_UP_ADDRESS
    ).first()
    if person is None:
        raise Http404
    return person


def _card(key: str, person: Person) -> CastCard:
    roles = ", ".join(dict.fromkeys(g.get_role_display() for g in person.role_grants.all()))
    return CastCard(
        key=key,
        name=person.full_name,
        given_name=person.given_name,
        initials=person.initials,
        roles=roles,
        invitation=INVITATIONS[key],
    )
