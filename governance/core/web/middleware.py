"""What every request and every answer passes: text is UTF-8, no browser keeps a page; static files."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import parse_header_parameters
from whitenoise.middleware import WhiteNoiseMiddleware

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Utf8Request(WSGIRequest):
    """A request whose bytes are read as UTF-8 whatever it says: a codec such as base64 fails in here."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(
                meta.get("CONTENT_TYPE", "")
            )
        except Exception:  # the parser is the library's, the header anybody's
            self.content_type, self.content_params = "", {"charset": "unreadable"}


def text_is_utf8(get_response: GetResponse) -> GetResponse:
    """Answer 400 to a request that names another charset; browsers send UTF-8, as the pages are."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise BadRequest("a charset that is not UTF-8")
        return get_response(request)

    return middleware


def head_has_no_body(get_response: GetResponse) -> GetResponse:
    """Answer HEAD with the headers of GET alone.

    gunicorn leaves this to us; what follows the headers on a connection that a proxy keeps is the
    beginning of somebody else's answer.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.content = b""
        return response

    return middleware


def nothing_is_kept(get_response: GetResponse) -> GetResponse:
    """`no-store` on every answer but static files: see docs/decisions/0046."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response

    return middleware


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # the library ships no types
    """The library's, without the manifest: it names every file, and so the versions of what we use."""

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        manifest = getattr(staticfiles_storage, "manifest_name", None)
        if url != f"{settings.STATIC_URL}{manifest}":
            super().add_file_to_dictionary(url, path, stat_cache=stat_cache)
