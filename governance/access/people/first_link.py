"""The link by which the first administrator comes in: printed while nobody administers anything."""

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.urls import reverse

from governance.access.sign_in.link.links import link_make
from governance.core.identity.acting import acting_as_system
from governance.env import port


def make() -> str | None:
    """A new link, which makes the former void; None once somebody administers a source."""
    with acting_as_system("install"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT administrator_exists()")
            if cursor.fetchone()[0]:
                return None
        secret = link_make(purpose="first", person_id=None)
    return f"{_address()}{reverse('first_administrator', args=[secret])}"


def announce() -> None:
    """Print it before the console is served; nothing for a demonstration or a database that is not ready."""
    if settings.DEMONSTRATION:
        return
    try:
        link = make()
    except DatabaseError:
        return  # away or not migrated: whoever mends it starts again
    finally:
        connections["default"].close()
    if link:
        print(
            "\nNobody administers this console yet. This link opens the first account, once, for a day:\n"
            f"{link}\n",
            flush=True,
        )


def _address() -> str:
    if settings.LOCAL:
        return f"http://127.0.0.1:{port()}"
    return f"https://{settings.ALLOWED_HOSTS[0].lstrip('.')}"
