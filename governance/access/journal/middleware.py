"""Looks at every answer once: what was refused, and why, is noted in the journal."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from psycopg.errors import InsufficientPrivilege

from governance.access.journal.codes import code_account, is_code
from governance.access.journal.note import event_note
from governance.access.journal.suspicion import Kind, Suspicion, suspect, suspicion_of

BY_STATUS = {
    401: Kind.UNAUTHENTICATED,
    403: Kind.FORBIDDEN,
    404: Kind.MALFORMED,
    429: Kind.TOO_MANY,
}
CAUSES = 10  # of an error, that are looked at


class Journal:
    """Outside of sessions, forms and views, all of which may refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        found = _found(request, response)
        if found is not None:
            event_note(request, response, found)
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """A code is wrong until it turns out to be good."""
        if is_code(request):
            suspect(request, Kind.MFA, person=code_account(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A page would have let it happen, and the database did not."""
        if _is_of_the_database(exception):
            suspect(request, Kind.DATABASE)


def _found(request: HttpRequest, response: HttpResponseBase) -> Suspicion | None:
    known = suspicion_of(request)
    if known is not None and known.kind == Kind.MFA and response.status_code != 200:
        request.suspicion = None  # type: ignore[attr-defined]  # a good code leads on
    if getattr(request, "is_csrf_refused", False):
        suspect(request, Kind.CSRF)
    elif response.status_code in BY_STATUS:
        suspect(request, BY_STATUS[response.status_code])
    return suspicion_of(request)


def _is_of_the_database(error: BaseException | None) -> bool:
    for _ in range(CAUSES):
        if error is None or isinstance(error, InsufficientPrivilege):
            break
        error = error.__cause__ or error.__context__
    return isinstance(error, InsufficientPrivilege)
