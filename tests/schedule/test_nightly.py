"""Nightly jobs on a console of their own: what they find needs rows that were committed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance.core.jobs.management.commands import jobs_tidy
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import job_find
from governance.core.ledger.verification.verify import ledger_verify
from tests.ledger.conftest import tampering
from tests.schedule.process import rows


def test_a_broken_ledger_raises_the_alarm_of_the_console(fresh_console, pg):
    for _ in range(3):
        ledger_verify()
    assert job_run(job_find("ledger")).went_well
    with pg.superuser(fresh_console) as connection:
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        connection.execute("UPDATE ledger_entry SET action = 'forged' WHERE seq = 2")
        for trigger in ("ledger_entry_append_only", "ledger_entry_door"):
            connection.execute(f"ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER {trigger}")
    run = job_run(job_find("ledger"))
    assert (run.code, run.answered) == (1, True)
    assert "n° 2" in run.said
    assert rows(pg, fresh_console, "SELECT check_code, severity, status FROM system_alerts") == [
        ("LEDGER_BROKEN", "CRITICAL", "OPEN")
    ]


def test_a_verification_by_hand_raises_the_alarm_and_the_next_whole_one_closes_it(
    fresh_console, pg
):
    for _ in range(3):
        ledger_verify()
    with tampering(pg, fresh_console) as hand:
        hand.execute("UPDATE ledger_entry SET action = 'forged' WHERE seq = 2")
    with pytest.raises(CommandError, match="n° 2 "):
        call_command("ledger_verify")
    told = "SELECT check_code, status, message FROM system_alerts"
    ((code, status, said),) = rows(pg, fresh_console, told)
    assert (code, status) == ("LEDGER_BROKEN", "OPEN")
    assert "première entrée fautive n° 2 (" in said
    version = "SELECT version FROM system_alerts"
    before = rows(pg, fresh_console, version)
    assert job_run(job_find("ledger")).answered  # says the same of the same alert
    assert rows(pg, fresh_console, "SELECT check_code FROM system_alerts") == [("LEDGER_BROKEN",)]
    assert rows(pg, fresh_console, version)[0][0] <= before[0][0] + 1  # one entry more was read
    with tampering(pg, fresh_console) as hand:
        hand.execute("UPDATE ledger_entry SET action = 'ledger.verify' WHERE seq = 2")
    call_command("ledger_verify", stdout=StringIO())
    assert rows(pg, fresh_console, "SELECT status FROM system_alerts") == [("RESOLVED",)]


def test_a_job_that_a_crash_of_the_database_cut_short_begins_again(fresh_console, pg, monkeypatch):
    tidy = jobs_tidy.Command.handle
    begun: list[int] = []

    def dies_at_first(*args, **options):
        begun.append(len(begun))
        if begun == [0]:
            with pg.superuser() as root:
                root.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [fresh_console],
                )
        tidy(*args, **options)

    monkeypatch.setattr(jobs_tidy.Command, "handle", dies_at_first)
    monkeypatch.setattr("governance.core.jobs.runs.AGAIN_AFTER_S", (0.1,))
    assert job_run(job_find("tidy")).code == 0
    assert begun == [0, 1]
    assert rows(pg, fresh_console, "SELECT check_code FROM system_alerts") == []


def test_old_failures_are_forgotten_and_recent_ones_kept(fresh_console, pg):
    with pg.superuser(fresh_console) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name)"
            " VALUES ('q', 'old'), ('q', 'new'), ('q', 'waiting')"
        )
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name <> 'waiting'"
        )
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name <> 'waiting'"
        )
        connection.execute(
            "UPDATE procrastinate_events e SET at = now() - interval '31 days'"
            " FROM procrastinate_jobs j WHERE j.id = e.job_id AND j.task_name <> 'new'"
        )
    call_command("jobs_tidy")
    assert rows(pg, fresh_console, "SELECT task_name FROM procrastinate_jobs ORDER BY 1") == [
        ("new",),
        ("waiting",),
    ]
