"""The database runs what the files of the `sql/` folders say, each object from one file, and nothing else."""

import re
import traceback
from collections import Counter

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connections, transaction

from governance.core.database import sql_files
from governance.core.identity import grants
from governance.operations.readiness import readiness
from integrity.sources.contract import VIEW
from tests.definitions import definitions

OURS = ("governance", "integrity", "alerts")
# Kinds of definitions that a file may hold.
INSTALLED = ("function ", "trigger ", "policy ", "view ", "type ", "row security ")
# Not ours: the queue's, and rights beside the definitions.
LIBRARY = re.compile(r"(?:function|trigger|type|view) procrastinate_|trigger \w+ on procrastinate_")


def installed(connection) -> set[str]:
    """Names of what the database runs, as `sql_files.objects` writes them."""
    return {
        name.partition("(")[0]
        for name in definitions(connection)
        if name.startswith(INSTALLED) and not LIBRARY.match(name)
    }


def named(text) -> set[str]:
    return {one.replace("aggregate ", "function ") for one in sql_files.objects(text)}


def database(pg, name, role="postgres"):
    return psycopg.connect(pg.dsn(name, role), autocommit=True)


# --- The files ------------------------------------------------------------------------------------


def test_no_file_defines_what_another_defines():
    texts = [
        path.read_text(encoding="utf-8")
        for package in OURS
        for folder in (settings.BASE_DIR / package).rglob("sql")
        for path in folder.rglob("*.sql")
    ]
    times = Counter(one for text in texts for one in sql_files.objects(text))
    assert len(times) > 150
    assert [one for one, n in times.items() if n > 1] == []


@pytest.mark.parametrize("path", sql_files.definitions(), ids=lambda path: path.name)
def test_a_file_defines_one_object(path):
    """A function and its triggers, an aggregate and its step, a view, a type, or the policies of a table."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("-- "), "says what it is for"
    found = sql_files.objects(text)
    tables = {one.partition(" on ")[2] for one in found if one.startswith(("policy", "row"))}
    alone = {one for one in found if " on " not in one}
    functions = {one.partition(" ")[2] for one in alone if one.startswith("function ")}
    assert len(tables) + len(functions or alone) == 1
    if functions:
        [function] = functions
        assert set(re.findall(r"EXECUTE FUNCTION (\w+)|SFUNC = (\w+)", text)) <= {
            (function, ""),
            ("", function),
        }
        assert path.stem in {one.partition(" ")[2] for one in alone}
    else:
        assert not [one for one in found if one.startswith("trigger ")]


# --- The database ---------------------------------------------------------------------------------


def test_a_new_console_runs_what_the_files_say_and_nothing_else(pg, django_db_setup):
    with database(pg, "console_template") as newly:
        found = installed(newly)
    found.remove(f"view {VIEW}")  # compiled from the rules of the pack `console`
    assert found == {one for text in sql_files.definitions().values() for one in named(text)}


def test_each_definition_is_that_of_its_file(fresh_console, pg):
    """No migration changed one behind the files: installed anew, all are as they were, rights included."""
    with database(pg, fresh_console) as console:
        before = definitions(console)
        with transaction.atomic(using="owner"):
            sql_files.install("owner")
            grants.apply("owner", "console_app")
        assert definitions(console) == before


def test_to_zero_and_back_nothing_differs(fresh_console, pg):
    ours = [app for app in apps.get_app_configs() if app.name.partition(".")[0] in OURS]
    with database(pg, fresh_console) as console:
        before = definitions(console)
        for app in reversed([one for one in ours if one.models_module]):
            call_command("migrate", app.label, "zero", verbosity=0)
        left = definitions(console)
        # Django's table stays, and closed.
        assert installed(console) == {"row security on django_session"}
        tables = {model._meta.db_table for app in ours for model in app.get_models()}
        assert len(tables) > 15
        assert not tables & {
            name.partition(" ")[2] for name in left if name.startswith("relation ")
        }
        call_command("migrate", verbosity=0)
        assert definitions(console) == before


# --- What `migrate` does --------------------------------------------------------------------------

LASTED = "alert_lasted"


def source(console, name=LASTED):
    [(text,)] = console.execute(
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = %s", [name]
    ).fetchall()
    return text


def edit(monkeypatch, old, new, *, name=f"{LASTED}.sql"):
    """As if the file said otherwise."""
    texts = {
        path: text.replace(old, new) if path.name == name else text
        for path, text in sql_files.definitions().items()
    }
    assert texts != sql_files.definitions()
    monkeypatch.setattr(sql_files, "definitions", lambda: texts)


def test_an_edited_file_is_installed_and_forgotten_again(fresh_console, pg, monkeypatch):
    with database(pg, fresh_console) as console:
        before = definitions(console)
        with monkeypatch.context() as edited:
            edit(edited, "1000000", "1000001")
            with pytest.raises(SystemExit):
                call_command("migrate", check_unapplied=True, verbosity=0)
            call_command("migrate", verbosity=0)
            call_command("migrate", check_unapplied=True, verbosity=0)
            assert "1000001" in source(console)
        call_command("migrate", verbosity=0)
        assert definitions(console) == before


def test_what_did_not_change_is_left_alone(fresh_console, pg):
    """No lock on a table that pages read, and nothing that somebody changed by hand is hidden."""
    with database(pg, fresh_console) as console:
        console.execute("DROP TRIGGER b_opened ON system_alerts")
        call_command("migrate", verbosity=0)
        assert "trigger b_opened on system_alerts" not in definitions(console)


@pytest.mark.parametrize("wrong", ["no_such_function(", "greatest(no_such_column, "])
def test_a_definition_that_fails_leaves_the_former_ones(wrong, fresh_console, pg, monkeypatch):
    edit(monkeypatch, "greatest(", wrong)
    with database(pg, fresh_console) as console:
        before = definitions(console)
        with pytest.raises((ProgrammingError, ExceptionGroup)) as failed:
            call_command("migrate", verbosity=0)
        told = "".join(traceback.format_exception(failed.value))
        assert wrong.strip("(, ").removeprefix("greatest(") in told
        assert f"{LASTED}.sql" in told
        assert definitions(console) == before


def test_what_somebody_built_upon_ours_is_not_dropped(fresh_console, pg, monkeypatch):
    edit(monkeypatch, "1000000", "1000001")
    with database(pg, fresh_console) as console:
        console.execute("CREATE VIEW theirs AS SELECT id FROM alert_as_of")
        before = definitions(console)
        with pytest.raises(Exception, match="theirs"):
            call_command("migrate", verbosity=0)
        assert definitions(console) == before
        console.execute("DROP VIEW theirs; CREATE FUNCTION mine() RETURNS int RETURN 1")
        call_command("migrate", verbosity=0)
        assert "1000001" in source(console)
        assert source(console, "mine")


def test_a_console_without_the_files_of_this_release_is_not_ready(fresh_console, pg):
    assert readiness()["migrations"]["ok"]
    with database(pg, fresh_console) as console:
        console.execute("DELETE FROM django_migrations WHERE app = %s", [sql_files.LABEL])
    assert readiness()["migrations"] == {"ok": False, "detail": "1 not applied"}


def test_on_the_way_back_nobody_reads_past_the_policies(fresh_console, pg):
    """Between two releases no policy stands; row security does, so the runtime role sees nothing."""
    sql_files.remove("owner")
    with database(pg, fresh_console, "console_app") as served:
        served.execute("SELECT set_config('governance.system', 'scan', false)")
        assert served.execute("SELECT count(*) FROM ledger_entry").fetchone() == (0,)
        assert served.execute("SELECT count(*) FROM ledger_head").fetchone() == (0,)
    for one in connections.all():
        one.close()
