"""Give each page its frame: the menu of the reader's roles, and where the installation stands."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from trellis.people.models import Person, Role
from trellis.people.queries import roles_of
from trellis.trust import clock
from trellis.web.provenance import provenance_of


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A word in the menu, its address, and whether the reader is there."""

    label: str
    href: str
    is_current: bool = False


# Role -> (label, url name). A person with several roles gets the menus one after the other.
MENUS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.TEACHER: (
        ("Today", "web:today"),
        ("My plan", "plans:my_plan"),
        ("My evidence", "insights:my_evidence"),
        ("Explore", "web:explore"),
        ("My people", "coaching:my_people"),
        ("Reviews", "impact:reviews"),
    ),
    Role.COACH: (("Today", "web:coach_today"), ("Partnerships", "coaching:my_people")),
    Role.MENTOR: (("Today", "web:coach_today"), ("Partnerships", "coaching:my_people")),
    Role.CONSULTANT: (
        ("Today", "web:coach_today"),
        ("Partnerships", "coaching:my_people"),
        ("Reviews", "impact:reviews"),
    ),
    Role.SCHOOL_LEADER: (("School", "web:school"), ("Reviews", "impact:reviews")),
    Role.PD_LEAD: (
        ("District", "impact:district"),
        ("Programs", "activities:programs"),
        ("Reviews", "impact:reviews"),
    ),
    Role.ANALYST: (("Reviews", "impact:reviews"), ("Programs", "activities:programs")),
    Role.ADMINISTRATOR: (
        ("Imports", "web:imports"),
        ("Data quality", "web:data_quality"),
        ("Frameworks", "evidence:frameworks"),
        ("People", "people:people"),
        ("Systems", "web:systems"),
    ),
}
# The first of her roles, in this order, decides on which page a person starts.
ORDER = (
    Role.TEACHER,
    Role.COACH,
    Role.MENTOR,
    Role.CONSULTANT,
    Role.SCHOOL_LEADER,
    Role.PD_LEAD,
    Role.ANALYST,
    Role.ADMINISTRATOR,
)


def menu_of(person: Person, path: str) -> list[MenuItem]:
    """Return the menu of a person's roles, each address once."""
    roles = roles_of(person)
    items: dict[str, MenuItem] = {}
    for role in ORDER:
        for label, name in MENUS[role] if role in roles else ():
            href = _address(name)
            if href and href not in items:
                # Two roles may both have a Today: the second says whose it is.
                taken = any(i.label == label for i in items.values())
                shown = f"{role.label}: {label.lower()}" if taken else label
                items[href] = MenuItem(shown, href, path == href)
    return list(items.values())


def role_words(person: Person) -> str:
    """Name a person's roles as the foot of each page does: "teacher, coach"."""
    held = roles_of(person)
    return ", ".join(r.label if r is Role.PD_LEAD else r.label.lower() for r in ORDER if r in held)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def page_frame(request: HttpRequest) -> dict[str, object]:
    """Add to every page: the menu, the day, where its numbers come from."""
    person = request.user if isinstance(request.user, Person) else None
    return {
        "nav": menu_of(person, request.path) if person else [],
        "role_words": role_words(person) if person else "",
        "today": clock.today(),
        "demo": settings.TRELLIS_DEMO,
        # Late: a part of a page that is rendered alone has no end to put it at.
        "provenance": SimpleLazyObject(lambda: provenance_of(request)),
    }
