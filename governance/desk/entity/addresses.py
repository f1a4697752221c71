"""Where the page of a thing stands; a name that no address can carry leads to its alerts instead."""

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from alerts.things import Thing


def thing_url(thing: Thing) -> str:
    """The thing's page. Sources name things as they like: a line's end or `..` fits no path."""
    if not {".", ".."} & {*thing.entity_id.split("/"), thing.entity_type}:
        try:
            return reverse("entity", args=thing)
        except NoReverseMatch:
            pass
    asked = {"entity_type": thing.entity_type, "entity_id": thing.entity_id}
    return f"{reverse('integrity')}?{urlencode(asked)}"
