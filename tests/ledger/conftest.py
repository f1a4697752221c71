"""Entries to tamper with, and the hands to do it: the superuser with the ledger's triggers disabled."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from governance.core.ledger.export import export_lines
from governance.core.ledger.models import LedgerEntry
from tests.conftest import Postgres, make_user
from tests.ledger.backdate import triggers_switch
from tests.ledger.write import append, open_door

VERIFIER = Path(django_settings.BASE_DIR) / "docs" / "verify_ledger.py"


@pytest.fixture(autouse=True)
def recorded_has_words() -> None:
    """Entries are written by hand here, with actions and actors that nobody has a sentence for."""


@pytest.fixture(scope="session")
def verifier() -> ModuleType:
    spec = spec_from_file_location("verify_ledger", VERIFIER)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def console(fresh_console: str, pg: Postgres) -> str:
    """A console of the test's own in which `append` works; the name of its database."""
    open_door(pg, fresh_console)
    return fresh_console


@pytest.fixture
def auditor(console: str) -> User:
    """Reads the history of both sources that the entries below name."""
    return make_user("auditrice", {"depot": Role.AUDITEUR, "likasi": Role.AUDITEUR})


@pytest.fixture
def chain(auditor: User) -> int:
    """Twenty more entries in a committed chain; the seq of the last."""
    with acting_as_system("scan"):
        for number in range(20):
            last = append({"after": {"step": number}, "subject_id": f"alert-{number}"})
    return last


@contextmanager
def tampering(pg: Postgres, database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that nothing holds back: superuser, the ledger's guard switched off meanwhile."""
    with pg.superuser(database) as hand:
        triggers_switch(hand, "DISABLE")
        yield hand
        triggers_switch(hand, "ENABLE ALWAYS")


def run_verify(*arguments: str) -> tuple[int, str]:
    """`manage.py ledger_verify`: its exit code and what it says."""
    out = io.StringIO()
    try:
        call_command("ledger_verify", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


@pytest.fixture
def offline(verifier: ModuleType, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run docs/verify_ledger.py on lines of an export: its exit code and what it says."""

    def run(lines: list[bytes], *arguments: str) -> tuple[int, str]:
        path = tmp_path / "export.jsonl"
        path.write_bytes(b"".join(lines))
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            code = verifier.main([str(path), *arguments])
        return code, out.getvalue()

    return run


def exported(user: User, **filters: Any) -> list[bytes]:
    return list(
        export_lines(
            entries=LedgerEntry.objects.filter(**filters),
            user_id=user.pk,
            user_name=user.username,
            selection=filters,
        )
    )


@pytest.fixture
def signed(chain: int, tmp_path: Path, settings: Any) -> list[str]:
    """Arguments that name a checkpoint of the chain, taken before any tampering, and its key."""
    settings.LEDGER_SIGNING_KEY_FILE = str(tmp_path / "keys" / "signing.pem")
    public, point = tmp_path / "public.pem", tmp_path / "point.json"
    with public.open("w") as file:
        call_command("ledger_checkpoint", "--init", stdout=file)
    call_command("ledger_checkpoint", "--out", str(point))
    assert json.loads(point.read_text())["seq"] == chain
    return ["--checkpoint", str(point), "--public-key", str(public)]


def head() -> tuple[int, str]:
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT seq, encode(hash, 'hex') FROM ledger_head")
        seq, digest = cursor.fetchone()
    return seq, digest
