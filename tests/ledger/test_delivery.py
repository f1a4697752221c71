"""A signed checkpoint leaves the machine every night by each configured way, or the job says why not."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command

from governance.core.jobs.runs import Run, job_run
from governance.core.jobs.timetable import job_find
from governance.core.ledger.verification.checkpoints import Checkpoint
from governance.core.ledger.verification.keys import public_key_load
from tests.foundation.process import free_port


@pytest.fixture
def witness(settings: Any) -> Iterator[dict[str, bytes]]:
    """An HTTP server that keeps what is posted, by the file's name."""
    kept: dict[str, bytes] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            kept[self.headers["X-File-Name"]] = self.rfile.read(length)
            self.send_response(201)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CHECKPOINT_URL = f"http://127.0.0.1:{server.server_port}/in"
        yield kept
        server.shutdown()


@pytest.fixture
def letters(settings: Any) -> Iterator[list[Any]]:
    """A mail server, and what it was given."""
    got: list[Any] = []

    class Box:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            got.append(envelope)
            return "250 OK"

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.CHECKPOINT_MAIL = ["audit@depot.invalid"]
    server = Controller(Box(), hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    yield got
    server.stop()


@pytest.fixture
def key(console: str, tmp_path: Path, settings: Any) -> Any:
    """The public key of the one that signs."""
    settings.LEDGER_MEMORY_DIR = str(tmp_path / "memory")
    settings.LEDGER_SIGNING_KEY_FILE = str(tmp_path / "signing.pem")
    public = tmp_path / "public.pem"
    with public.open("w") as file:
        call_command("ledger_checkpoint", "--init", stdout=file)
    return public_key_load(public)


def night() -> Run:
    return job_run(job_find("checkpoint"))


def test_it_leaves_by_every_way(key, chain, witness, letters, tmp_path, settings):
    folder = tmp_path / "mounted"
    folder.mkdir()
    settings.CHECKPOINT_FOLDER = str(folder)
    run = night()
    assert run.went_well, run.said
    (file,) = folder.iterdir()
    signed = Checkpoint.from_signed_text(file.read_text(), key)
    assert signed.seq >= chain
    assert witness == {file.name: file.read_bytes()}
    assert [one.rcpt_tos for one in letters] == [["audit@depot.invalid"]]
    assert f"n° {signed.seq} signé et sorti par 3 chemins" in run.said


def test_a_way_that_fails_is_said_and_stops_no_other(key, chain, witness, tmp_path, settings):
    settings.CHECKPOINT_FOLDER = str(tmp_path / "not-mounted")
    run = night()
    assert (run.code, run.answered) == (1, False)
    assert "CHECKPOINT_FOLDER" in run.said
    (text,) = witness.values()
    assert json.loads(text)["seq"] >= chain


def test_without_a_way_nothing_is_signed_and_that_is_said(key, chain):
    said = io.StringIO()
    call_command("ledger_checkpoint", "--send", stdout=said)
    assert said.getvalue().startswith("INCONNU")
