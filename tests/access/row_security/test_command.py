"""`manage.py rls_audit`: its exits, what it keeps and compares, and trying on the source itself."""

import json
import os
import shutil
import subprocess
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from governance.access.management.commands.rls_audit import lines
from governance.access.models import RowSecurityAudit
from governance.access.row_security.baseline import audit_keep, audit_last, baseline_approve
from governance.access.row_security.behaviour.rebuild import PREFIX
from governance.access.row_security.findings import LEAK, Finding, Report, Unknown
from governance.core.database.postmaster import Postmaster
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.models import LedgerEntry
from integrity.scans.console import console_read_apart, console_rows
from tests.access.row_security.conftest import Shop, owned
from tests.conftest import make_user

CODES = ["RLS_LEAK", "RLS_DRIFT", "RLS_UNKNOWN", "RLS_OPEN", "RLS_PUBLIC_POLICY", "RLS_WEAKNESS"]
OPENED = (
    "CREATE POLICY seen ON app.notes FOR SELECT TO authenticated USING (auth.uid() IS NOT NULL)"
)


def run(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("rls_audit", *words, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def said(codes: list[str] = CODES) -> list[tuple[str, str]]:
    with acting_as_system("scan"):
        return sorted((one.check_code, one.entity_id) for one in console_rows(codes))


@pytest.mark.usefixtures("fresh_console")
def test_a_source_is_audited_kept_compared_and_raises_alerts(
    shop: Shop, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    shop.add([("app", owned())])
    settings.SOURCES = {"shop": shop.dsn}
    admin = make_user("admin", {"shop": "admin"})
    code, text = run("--source", "shop", "--json")
    assert (code, json.loads(text)["findings"]) == (0, [])
    (tmp_path / "approved.json").write_text(text)
    with acting_as_user(admin.pk):
        kept = audit_last("shop")
        assert kept is not None
        baseline_approve(source="shop", audit_id=kept.pk, note="vu avec le DBA")
        (entry,) = LedgerEntry.objects.filter(action="row_security.approve")
    assert (entry.actor, entry.after) == (
        str(admin.pk),
        {"note": "vu avec le DBA", "matrix_sha256": kept.matrix_sha256},
    )
    assert said() == []

    with shop.pg.superuser(shop.name) as connection:
        connection.execute(OPENED)
    code, text = run("--source", "shop", "--baseline", str(tmp_path / "approved.json"))
    assert code == 1
    assert "RLS_LEAK app.notes" in text
    assert "own → leak" in text
    with acting_as_user(admin.pk):
        now = audit_last("shop")
        assert now is not None
        leaks = {
            (one["role"], one["verb"], one["identity"])
            for one in now.findings
            if one["code"] == LEAK
        }
    assert leaks == {("authenticated", "SELECT", "random, tenant A, tenant B")}
    cell = "shop/app.notes/authenticated/SELECT"
    assert said() == [("RLS_DRIFT", cell), ("RLS_LEAK", cell)]
    console_read_apart(codes=CODES, taken_at=timezone.now())

    # Not trying again is not mending: what was found stays, and that nothing was seen is told.
    settings.SOURCES = {"shop": shop.pg.dsn("gone", "depot_reader")}
    with pytest.raises(CommandError, match="INCONNU") as refused:
        run("--source", "shop")
    assert refused.value.returncode == 2
    assert said() == [("RLS_DRIFT", cell), ("RLS_LEAK", cell), ("RLS_UNKNOWN", "shop/row-security")]

    # Nor where there is no place for a copy.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(CommandError, match="INCONNU") as refused:
        run("--url", shop.dsn)
    assert refused.value.returncode == 2


@pytest.mark.usefixtures("fresh_console")
def test_what_the_console_itself_reads_by_is_no_finding_and_its_pack_answers_for_others(
    shop: Shop, settings: Any, tmp_path: Path
) -> None:
    """docs/adopter.md asks for such a policy; a table that all may read is excused, with a reason."""
    shop.add([("app", owned())])
    settings.SOURCES = {"shop": shop.dsn}
    with shop.pg.superuser(shop.name) as connection:
        connection.execute(
            "CREATE POLICY console_reads ON app.notes FOR SELECT TO depot_reader USING (true)"
        )
    assert run("--source", "shop")[0] == 0
    with shop.pg.superuser(shop.name) as connection:
        connection.execute(
            "CREATE POLICY seen ON app.notes FOR SELECT TO authenticated USING (true)"
        )
    code, text = run("--source", "shop")
    assert (code, "RLS_ALWAYS_TRUE app.notes.seen" in text) == (1, True)
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pack.toml").write_text('[title]\nfr = "Boutique"\nen = "Shop"\n')
    excused = '[[excused]]\nfinding = "{}"\nobject = "{}"\nreason = "Tout le monde les lit."\n'
    (folder / "row_security.toml").write_text(
        excused.format("RLS_ALWAYS_TRUE", "app.notes.seen")
        + excused.format("RLS_LEAK", "app.notes|authenticated|SELECT")
    )
    settings.RULE_PACKS = {**settings.RULE_PACKS, "shop": folder}
    settings.SOURCE_PACKS = {**settings.SOURCE_PACKS, "shop": "shop"}
    assert run("--source", "shop")[0] == 0
    assert said() == []
    (folder / "row_security.toml").write_text(excused.format("RLS_OPEN", "app.*"))
    with pytest.raises(CommandError, match=r"RLS_OPEN n’est pas un constat.*RLS_DISABLED"):
        run("--source", "shop")
    unsure = Report(
        unknowns=[Unknown("app.x", "illisible", excused="exprès"), Unknown("app.y", "")]
    )
    assert [line.split()[0] for line in lines(unsure)] == ["admis", "INCONNU", "0"]
    assert "1 inconnu(s)" in lines(unsure)[-1]


@pytest.mark.usefixtures("fresh_console")
def test_a_leak_that_could_not_be_tried_again_is_still_there() -> None:
    key = "app.notes|authenticated|SELECT"
    leak = Finding(LEAK, "app.notes", "", "authenticated", "none", "SELECT", 2)
    audit_keep(source="shop", report=Report(findings=[leak], matrix={key: "leak"}))
    audit_keep(source="shop", report=Report(matrix={key: "unknown"}))
    assert said(["RLS_LEAK"]) == [("RLS_LEAK", "shop/app.notes/authenticated/SELECT")]
    audit_keep(source="shop", report=Report(matrix={key: "refused"}))
    assert said(["RLS_LEAK"]) == []
    with acting_as_system("rls_audit"):
        assert RowSecurityAudit.objects.count() == 3


def auditor(shop: Shop) -> str:
    """Who may try on the database itself, and is no superuser (docs/row-security.md)."""
    with shop.pg.superuser(shop.name) as connection:
        connection.execute(
            "CREATE ROLE auditor LOGIN BYPASSRLS; GRANT anon, authenticated TO auditor;"
            "GRANT pg_read_all_data, pg_write_all_data TO auditor;"
            "GRANT SET ON PARAMETER session_replication_role TO auditor"
        )
    return shop.pg.dsn(shop.name, "auditor")


def test_on_the_source_itself_nothing_stays(shop: Shop) -> None:
    shop.add([("app", owned(OPENED))])
    owner = "00000000-0000-0000-0000-000000000001"
    with shop.pg.superuser(shop.name) as connection:
        connection.execute("INSERT INTO app.notes VALUES (%s, %s, 'real')", [owner, owner])
        before = connection.execute("SELECT xmin, xmax, ctid, * FROM app.notes").fetchall()
    code, text = run("--url", auditor(shop), "--on-the-source", "--json")
    report = json.loads(text)
    assert (code, report["on_the_source"]) == (1, True)
    leaks = [one for one in report["findings"] if one["code"] == LEAK]
    assert {(one["identity"], one["verb"], one["count"]) for one in leaks} == {
        ("random", "SELECT", 3),
        ("tenant A", "SELECT", 2),
        ("tenant B", "SELECT", 2),
    }
    with shop.pg.superuser(shop.name) as connection:
        after = connection.execute("SELECT xmin, xmax, ctid, * FROM app.notes").fetchall()
    assert after == before
    with pytest.raises(CommandError, match="NOBYPASSRLS") as refused:  # a role that sees not all
        run("--url", shop.dsn, "--on-the-source")
    assert refused.value.returncode == 2


EFFECTS = """
CREATE SEQUENCE numbers;
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN {does}; RETURN coalesce(NEW, OLD); END $$;
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OR DELETE ON notes FOR EACH ROW EXECUTE FUNCTION {name}();
ALTER TABLE notes ENABLE ALWAYS TRIGGER {name};
GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO PUBLIC;
"""
OUTWARD = {
    "counts": "PERFORM nextval('counts.numbers')",
    "locks": "PERFORM pg_advisory_lock(4711)",
    "composes": "EXECUTE 'SELECT next' || 'val(''composes.numbers'')'",
    "becomes": "RESET ROLE; CREATE TABLE IF NOT EXISTS public.taken (x int)",
    "calls": "PERFORM calls.other()",
    "writes": "DELETE FROM counts.notes",
}


def test_on_the_source_what_no_rollback_undoes_is_not_begun(shop: Shop) -> None:
    """A trigger that counts, locks, composes a statement or takes its role back; one that tells is tried."""
    for name, does in OUTWARD.items():
        shop.add([(name, owned(EFFECTS.format(name=f"{name}_does", does=does, schema=name)))])
    shop.add([("tells", owned(OPENED.replace("app.", "tells.") + ";" + EFFECTS.format(
        name="tells_does", does="PERFORM pg_notify('told', 'x')", schema="tells")))])  # fmt: skip
    with shop.pg.superuser(shop.name) as connection:
        connection.execute(
            "CREATE FUNCTION calls.other() RETURNS bigint LANGUAGE sql"
            " AS $$ SELECT nextval('calls.numbers') $$;"
            "CREATE TABLE counts.numbered (id serial PRIMARY KEY, owner_id uuid, body text);"
            "GRANT ALL ON counts.numbered TO authenticated;"
            "CREATE VIEW counts.unnumbered AS SELECT owner_id, body FROM counts.numbered;"
            "GRANT ALL ON counts.unnumbered TO authenticated;"
            "LISTEN told"
        )
        url = auditor(shop)
        code, text = run("--url", url, "--on-the-source", "--json")
        report = json.loads(text)
        assert code == 1
        leaks = {one["object"] for one in report["findings"] if one["code"] == LEAK}
        assert {"tells.notes", "counts.numbered"} <= leaks
        alone = {
            one["object"] for one in report["unknowns"] if "hors de la transaction" in one["reason"]
        }
        assert alone == {f"{name}.notes" for name in OUTWARD} | {"counts.unnumbered"}
        sequences = connection.execute(
            "SELECT bool_or(last_value IS NOT NULL) FROM pg_sequences"
        ).fetchone()
        assert sequences == (False,)
        assert list(connection.notifies(timeout=0, stop_after=1)) == []
        locked = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert locked.fetchone() == (0,)
    with pytest.raises(CommandError, match="SUPERUSER"):
        run("--url", shop.pg.dsn(shop.name, "postgres"), "--on-the-source")


def test_what_a_killed_audit_left_is_ended_by_the_next(shop: Shop) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    here = Path(tempfile.gettempdir())
    left, lives = (here / f"{PREFIX}{pid}-test" for pid in (gone.pid, os.getpid()))
    try:
        for folder in (left, lives):
            folder.mkdir()
        server = Postmaster(left / "pg", durable=False)
        server.start()
        pid = server.pid()
        assert pid is not None
        assert run("--url", shop.dsn)[0] == 0
        assert server.pid() is None
        assert (left.exists(), lives.exists()) == (False, True)
    finally:
        for folder in (left, lives):
            Postmaster(folder / "pg").stop()
            shutil.rmtree(folder, ignore_errors=True)


def test_a_terminal_takes_no_orders_from_names_of_a_database() -> None:
    leak = Finding(
        LEAK, "app.\x1b]0;x\x07\u202enotes", "", "anon", "none", "SELECT", 2, "SELECT\x9b1m"
    )
    shown = "".join(lines(Report(findings=[leak], roles=["a\rb"])))
    assert not set("\x1b\x07\u202e\x9b\r") & set(shown)
    assert "app.�]0;x��notes : " in shown.replace("\xa0", " ").replace("\u202f", " ")
