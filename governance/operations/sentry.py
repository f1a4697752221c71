"""Tells a Sentry of the installation's own about errors, where SENTRY_DSN names one; knows no page.

What leaves is listed here, and nothing else does: types and places of an error, never its words, which may
quote a row or what somebody typed. The log has the words, under the same request id.
"""

from typing import Any

from django.conf import settings

from governance.core.logs import request_id

OF_A_FRAME = ("filename", "function", "module", "lineno", "in_app")
OF_AN_EVENT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment")


def start() -> None:
    """Report errors from here on; without an address nothing is loaded."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk  # noqa: PLC0415  # a tenth of a second of every start
    from sentry_sdk.integrations.django import DjangoIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.APP_ENV,
        release=settings.APP_RELEASE,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(), LoggingIntegration(level=None)],
        before_send=listed,
        before_breadcrumb=lambda _crumb, _hint: None,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        server_name="",
    )


def listed(event: Any, _hint: Any) -> Any:
    """The event with what may leave, and an id that leads to the log."""
    kept = {name: event[name] for name in OF_AN_EVENT if name in event}
    kept["exception"] = {
        "values": [
            {
                "type": one.get("type"),
                "module": one.get("module"),
                "value": "",
                "stacktrace": {
                    "frames": [
                        {name: frame.get(name) for name in OF_A_FRAME}
                        for frame in (one.get("stacktrace") or {}).get("frames", [])
                    ]
                },
            }
            for one in (event.get("exception") or {}).get("values", [])
        ]
    }
    kept["tags"] = {"request_id": request_id() or ""}
    return kept if kept["exception"]["values"] else None
