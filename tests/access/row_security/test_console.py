"""The console's own database holds what the audit asks of others; each exception has its reason beside it."""

from pathlib import Path

from django.db import connection, connections

import governance.access.row_security as room
from governance.access.row_security.findings import excuses_read
from governance.core.identity.acting import acting_as_system, acting_as_user
from tests.access.row_security.conftest import ConsoleCopy
from tests.conftest import make_user

EXCUSES = excuses_read(Path(str(room.__file__)).with_name("console.toml"))


def test_the_consoles_own_database_is_clean(console_copy: ConsoleCopy) -> None:
    report = console_copy.report
    report.excuse(EXCUSES)
    open_now = [(one.code, one.object, one.role, one.verb) for one in report.open]
    assert not open_now, "\n".join(map(str, open_now))
    untried = [str(one) for one in report.unknowns if not one.excused]
    assert not untried, "\n".join(untried)
    assert report.exit_code == 0
    said = {one.excused for one in report.findings} | {one.excused for one in report.unknowns}
    assert [one for one in EXCUSES if one.reason not in said] == []
    # Tried, and not refused altogether: who holds a source sees its rows.
    seen = {key.split("|")[0] for key, state in report.matrix.items() if state == "own"}
    assert {"public.system_alerts", "public.ledger_entry", "public.row_security_audit"} <= seen


def test_nobody_reads_accounts_through_the_consoles_own_view(fresh_console: str) -> None:
    """Its rules over accounts read them as the owner: they answer to the machine alone."""
    people = [
        make_user("directeur", {"depot": "directeur"}),
        make_user("admin", {"depot": "admin"}),
    ]
    with connections["owner"].cursor() as owner:
        owner.execute("SELECT set_config('governance.system', 'install', false)")
        owner.execute("UPDATE governance_user SET date_joined = now() - interval '1 year'")

    def found() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT check_code FROM v_integrity_checks WHERE check_code LIKE 'ACCESS%'"
            )
            return {code for (code,) in cursor.fetchall()}

    with acting_as_system("scan"):
        assert {"ACCESS_DORMANT_ADMIN", "ACCESS_REVIEW_OVERDUE"} <= found()
    for person in people:
        with acting_as_user(person.pk):
            assert not found()
