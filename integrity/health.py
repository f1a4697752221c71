"""What `/health` says of the sources: outcome and age of the last scan; a stranger may read it."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from integrity.standing import source_standings


def sources() -> dict[str, Any]:
    """Per source: state, the last complete scan (UTC) and its age in seconds; no cause, no count."""
    now = timezone.now()
    return {
        one.slug: {
            "state": one.state,
            "last_complete_scan": one.last_complete_at and one.last_complete_at.isoformat(),
            "age_s": one.last_complete_at
            and max(0, int((now - one.last_complete_at).total_seconds())),
        }
        for one in source_standings(settings.SOURCES)
    }
