"""`python -m …`: send one message with Apprise; JSON comes in, and JSON that says what came of it goes out.

Alone in its process, so that it may watch every connection and answer that Apprise makes. Knows no Django.
"""

import json
import socket
import sys
from typing import Any

import requests

from governance.notifications.channels.address import PrivateAddress, resolve

TIMEOUT_S = 10.0
BODY_LIMIT = 2_000


def main() -> None:
    asked = json.load(sys.stdin)
    json.dump(_sent(asked) if "body" in asked else _service(asked["url"]), sys.stdout)


def _service(url: str) -> dict[str, Any]:
    """What an address is of; nothing is connected to."""
    from apprise import Apprise  # noqa: PLC0415

    known = Apprise.instantiate(url, suppress_exceptions=True)
    if known is None:
        return {"service": "", "schemes": []}
    schemes: list[str] = []
    for protocol in (known.protocol, known.secure_protocol):
        schemes += [protocol] if isinstance(protocol, str) else protocol or ()
    return {"service": str(known.service_name), "schemes": schemes}


def _sent(asked: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"status": None, "text": "", "retry_after": None, "refused": False}
    _watch_connections(asked["may_be_private"])
    _watch_answers(said, asked["key"])
    from apprise import Apprise  # noqa: PLC0415  # after the watch stands

    apprise = Apprise()
    if apprise.add(asked["url"]):
        for one in apprise:
            one.redirects = False
        sent = apprise.notify(body=asked["body"], title=asked["title"])
        said["sent"] = bool(sent) or said["status"] == 409
    else:
        said |= {"sent": False, "refused": True, "text": "Apprise does not know this address"}
    return said


def _watch_connections(may_be_private: bool) -> None:
    ask = socket.getaddrinfo

    def watched(host: Any, port: Any, *_rest: Any, **_named: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        return resolve(name, port or 0, may_be_private=may_be_private, ask=ask)

    socket.getaddrinfo = watched


def _watch_answers(said: dict[str, Any], key: str) -> None:
    send = requests.Session.send

    def watched(session: requests.Session, request: Any, **named: Any) -> requests.Response:
        session.trust_env = False
        request.headers["Idempotency-Key"] = key
        named |= {"allow_redirects": False, "timeout": TIMEOUT_S}
        try:
            response = send(session, request, **named)
        except requests.RequestException as error:
            is_wrong = isinstance(error, requests.exceptions.InvalidURL)
            said.update(text=_why(error), refused=is_wrong or _is_private(error))
            raise
        said.update(
            status=response.status_code,
            text=response.text[:BODY_LIMIT],
            retry_after=response.headers.get("Retry-After"),
        )
        return response

    requests.Session.send = watched  # type: ignore[assignment, method-assign]


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        reason = next((one for one in error.args if isinstance(one, BaseException)), None)
        error = getattr(error, "reason", None) or reason or error.__cause__ or error.__context__
        if not isinstance(error, BaseException):
            break
    return found


def _is_private(error: BaseException) -> bool:
    return any(isinstance(one, PrivateAddress) for one in _chain(error))


def _why(error: BaseException) -> str:
    """The innermost reason: the outer ones repeat the address, which may hold a secret."""
    last = _chain(error)[-1]
    return f"{type(last).__name__}: {last}" if isinstance(last, OSError) else type(last).__name__


if __name__ == "__main__":
    main()
