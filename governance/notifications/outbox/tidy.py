"""Forgetting what was said long ago; the ledger keeps what people did, and says how much was forgotten."""

from django.db import connection

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.notes import ledger_note
from governance.notifications.outbox.clock import IDENTITY


def messages_tidy(*, days: int) -> int:
    """Forget messages that ended that long ago (sql/delivery/messages_tidy.sql); how many."""
    with acting_as_system(IDENTITY):
        with connection.cursor() as cursor:
            cursor.execute("SELECT messages_tidy(make_interval(days => %s))", [days])
            (count,) = cursor.fetchone()
        if count:
            details = {"forgotten": count, "days": days}
            ledger_note(action="messages.purge", subject_id="outbox", details=details)
    return int(count)
