"""Writes a refusal into the journal: who, from where, on which page; never what was typed or asked for."""

import logging
import re
from functools import cache
from uuid import UUID

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from governance.access.journal.suspicion import Kind, Suspicion
from governance.core.identity.acting import acting_as_system
from governance.core.logs import request_id
from governance.core.web.client import client_address

IDENTITY = "journal"
HIDDEN = "…"
# Of one address within a minute so many are nothing to note.
QUIET = {Kind.MALFORMED: 9}
_WORD = re.compile(r"[a-z][a-z0-9._-]*")
logger = logging.getLogger(__name__)


def event_note(request: HttpRequest, response: HttpResponseBase, found: Suspicion) -> None:
    """Note it in a transaction of its own. A database that cannot write loses the line, never the answer."""
    values = [
        found.kind.value,
        found.person or _person(request),
        client_address(request),
        _plain(request.headers.get("User-Agent", "")),
        _plain(request.method or ""),
        path_shown(request),
        response.status_code,
        request_id(),
        found.times,
        QUIET.get(found.kind, 0),
    ]
    try:
        with acting_as_system(IDENTITY), connection.cursor() as cursor:
            cursor.execute(f"SELECT access_note({', '.join(['%s'] * len(values))})", values)
    except DatabaseError:
        logger.warning("a refusal was not noted in the journal", exc_info=True)


def _person(request: HttpRequest) -> UUID | None:
    user = getattr(request, "user", None)
    try:
        return user.pk if user is not None and user.is_authenticated else None
    except DatabaseError:
        return None


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:200]


def path_shown(request: HttpRequest) -> str:
    """The address without its query, and without whatever is not ours: a link in a mail holds a token.

    Of a page its values are kept where they are ids; of an address that is none, the words that any of
    the console's addresses has.
    """
    path = request.path_info
    try:
        match = request.resolver_match or resolve(path)
    except Http404:
        return "/".join(
            part if not part or part in _words() else HIDDEN for part in path.split("/")
        )
    for value in (*match.args, *match.kwargs.values()):
        if not isinstance(value, UUID | int) and str(value):
            path = path.replace(str(value), HIDDEN)
    return path


@cache
def _words() -> frozenset[str]:
    return frozenset(_words_of(get_resolver().url_patterns))


def _words_of(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found = []
    for one in patterns:
        found += [part for part in str(one.pattern).split("/") if _WORD.fullmatch(part)]
        if isinstance(one, URLResolver):
            found += _words_of(one.url_patterns)
    return found
