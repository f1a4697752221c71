"""A job's result is kept, told when it is bad, and the same whoever runs the command."""

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.utils import timezone

from governance.core.capability import Schedule, registry
from governance.core.identity.acting import acting_as_system
from governance.core.jobs import timetable as table
from governance.core.jobs.models import JobRun
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import Job, interval_cron, job_find, jobs
from tests.alerts.make import alert

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("schedule", registry().schedules, ids=lambda schedule: schedule.key)
def test_every_command_of_the_timetable_exists(schedule):
    assert schedule.command[0] in get_commands()


@pytest.mark.parametrize(
    ("seconds", "cron"),
    [
        (1, "* * * * * */1"),
        (30, "* * * * * */30"),
        (60, "*/1 * * * *"),
        (300, "*/5 * * * *"),
        (3600, "0 */1 * * *"),
        (21600, "0 */6 * * *"),
        (86400, "0 0 * * *"),
    ],
)
def test_an_interval_becomes_cron(seconds, cron):
    assert interval_cron(seconds) == cron


@pytest.mark.parametrize("seconds", [0, -60, 7, 59, 61, 90, 420, 5400, 18000, 172800])
def test_an_interval_that_no_clock_face_divides_into_is_refused(seconds):
    with pytest.raises(ValueError, match="does not divide"):
        interval_cron(seconds)


def test_a_schedule_per_source_has_a_job_on_each(settings):
    settings.SOURCES = {"b": "", "a": ""}
    assert [job.name for job in jobs()][:3] == ["scan a", "scan b", "heartbeat"]
    assert job_find("scan", "b").command == ("sync_alerts", "--source", "b")
    with pytest.raises(LookupError, match="scan a, scan b, heartbeat"):
        job_find("scan", "c")


def kept(key="probe"):
    with acting_as_system("test"):
        return JobRun.objects.get(key=key)


def probe(*command, **values):
    return Job(Schedule("probe", "Essai", command, limit_s=10, cron="* * * * *", **values))


def test_a_result_is_kept():
    before = timezone.now()
    run = job_run(probe("jobs_tidy"))
    assert (run.code, run.went_well, run.said) == (0, True, "0 travaux oubliés")
    row = kept()
    assert before < row.started_at < row.finished_at
    assert (row.went_well, row.said, row.running_since) == (True, "0 travaux oubliés", None)


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("no_such_command",), None, "la commande « no_such_command » n’existe pas"),
        (("sync_alerts", "--source", "x"), 1, "unknown source 'x'"),
        (("migrate", "--nonsense"), 2, ""),
    ],
)
def test_a_breakdown_raises_an_alert_that_the_next_good_run_closes(command, code, said):
    run = job_run(probe(*command))
    assert run.code == code or run.code == 1
    assert not run.went_well
    assert said in kept().said
    raised = alert(check_code="JOB_FAILED")
    assert (raised.severity, raised.entity_type, raised.entity_id, raised.status) == (
        "CRITICAL",
        "JOB",
        "console/probe",
        "OPEN",
    )
    job_run(probe("jobs_tidy"))
    assert alert(check_code="JOB_FAILED").status == "RESOLVED"


def test_an_exception_is_a_breakdown(monkeypatch):
    from governance.core.jobs.management.commands import jobs_tidy

    monkeypatch.setattr(jobs_tidy.Command, "handle", lambda *args, **options: 1 / 0)
    run = job_run(probe("jobs_tidy"))
    assert (run.code, run.said) == (None, "ZeroDivisionError: division by zero")
    assert alert(check_code="JOB_FAILED").status == "OPEN"


def test_an_answer_is_no_breakdown(settings):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    run = job_run(job_find("scan", "depot"))
    assert (run.code, run.went_well, run.answered) == (1, False, True)
    assert alert(source="console").check_code == "SCAN_FAILED"


def test_the_command_runs_a_job_as_a_worker_would(settings, capsys):
    call_command("schedule", "tidy")
    assert capsys.readouterr().out == "tidy: 0 travaux oubliés\n"
    assert kept("tidy").went_well
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    with pytest.raises(SystemExit) as left:
        call_command("schedule", "scan", source="depot")
    assert left.value.code == 1
    with pytest.raises(CommandError, match="there are: scan depot, heartbeat"):
        call_command("schedule", "nonsense")


def test_the_command_lists_what_cron_could_run(settings, capsys):
    settings.SOURCES = {"depot": ""}
    call_command("schedule")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        *("scan", "depot", "*/1", "*", "*", "*", "*"),
        *("manage.py", "sync_alerts", "--source", "depot"),
    ]
    assert len(lines) == len(registry().schedules)


def test_the_table_is_what_the_module_says():
    assert table.DEAD_AFTER_S > 3 * table.HEARTBEAT_S  # a hiccup is not a death
    assert all(schedule.limit_s > 0 for schedule in registry().schedules)
