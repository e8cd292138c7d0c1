"""Type a request whose sender is known: the middleware lets no anonymous one through."""

from django.http import HttpRequest

from trellis.people.models import Person


class PersonRequest(HttpRequest):
    """A request of a signed-in person."""

    user: Person
