"""The console's own database holds what the audit asks of others; each exception has its reason beside it."""

from pathlib import Path

import governance.access.row_security as room
from governance.access.row_security.findings import excuses_read
from tests.access.row_security.conftest import ConsoleCopy

EXCUSES = excuses_read(Path(str(room.__file__)).with_name("console.toml"))


def test_the_consoles_own_database_is_clean(console_copy: ConsoleCopy) -> None:
    report = console_copy.report
    report.excuse(EXCUSES)
    assert [(one.code, one.object, one.role, one.verb) for one in report.open] == []
    assert [one for one in report.unknowns if not one.excused] == []
    assert report.exit_code == 0
    said = {one.excused for one in report.findings} | {one.excused for one in report.unknowns}
    assert [one for one in EXCUSES if one.reason not in said] == []
    # Tried, and not refused altogether: who holds a source sees its rows.
    seen = {key.split("|")[0] for key, state in report.matrix.items() if state == "own"}
    assert {"public.system_alerts", "public.ledger_entry", "public.row_security_audit"} <= seen
