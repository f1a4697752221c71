"""System checks: in staging and production the runtime role may be no more than a runtime role."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def runtime_role_is_small(databases: list[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a `DATABASE_URL` role that row security would not bind. Run by `check --database default`."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """SELECT r.rolsuper, r.rolbypassrls,
                      EXISTS (SELECT FROM pg_class c WHERE c.relname = 'system_alerts'
                              AND pg_has_role(current_user, c.relowner, 'USAGE'))
               FROM pg_roles r WHERE r.rolname = current_user"""
        )
        superuser, bypass, owns = cursor.fetchone()
    faults = [
        ("is a superuser", superuser, "E001"),
        ("has BYPASSRLS", bypass, "E002"),
        ("owns the console's tables", owns, "E003"),
    ]
    found: list[CheckMessage] = [
        Error(f"The role of DATABASE_URL {what}.", id=f"governance.{code}")
        for what, wrong, code in faults
        if wrong
    ]
    # On a developer's own server one role may do everything; nowhere else.
    return found if not settings.LOCAL else []
