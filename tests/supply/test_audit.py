"""`make audit` says what it found, and says it could not look where the data cannot be had."""

import http.server
import json
import subprocess
import threading
from pathlib import Path

import pytest

from governance.devtools.audit import hashes, main, secrets, secrets_accept
from governance.env import BASE_DIR
from tests.foundation.process import free_port

LOCK = "django==5.2.1 \\\n    --hash=sha256:" + "0" * 64 + "\n"
VULNERABLE = {
    "vulns": [
        {
            "id": "EXAMPLE-2026-1",
            "summary": "invented",
            "affected": [
                {
                    "package": {"name": "django", "ecosystem": "PyPI"},
                    "ranges": [
                        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.2.2"}]}
                    ],
                }
            ],
        }
    ]
}


@pytest.fixture
def tree(tmp_path):
    """A small committed tree with a lock and nothing to hide."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text(LOCK)
    (tmp_path / ".secrets.baseline").write_text('{"results": {}}')
    (tmp_path / "settings.py").write_text("DEBUG = False\n")
    commit(tmp_path)
    return tmp_path


def commit(folder: Path) -> None:
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


@pytest.fixture
def service():
    """A service on loopback that knows what `answers` says; its address."""
    answers: list[dict[str, object]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # the library's name
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(answers[-1]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query", answers
    server.shutdown()
    server.server_close()


def audited(capfd, *words):
    code = main(list(words))
    return code, capfd.readouterr().out


def test_clean_found_and_unreachable_are_three_answers(tree, service, capfd):
    url, answers = service
    answers.append({"vulns": []})
    code, said = audited(capfd, "--folder", str(tree), "--url", url)
    assert (code, said.count("clean")) == (0, 3)
    answers.append(VULNERABLE)
    code, said = audited(capfd, "--folder", str(tree), "--url", url)
    assert code == 1
    assert "django 5.2.1: EXAMPLE-2026-1, mended in 5.2.2" in said
    blocked = f"http://127.0.0.1:{free_port()}/v1/query"
    code, said = audited(capfd, "--folder", str(tree), "--url", blocked)
    assert code == 2
    assert "known vulnerabilities: UNREACHABLE" in said
    assert "the data cannot be had" in said


def test_a_secret_is_found_and_a_known_one_is_not(tree):
    key = "AKIA" + "IOSFODNN7" + "ABCDEFG"
    (tree / "settings.py").write_text(f'KEY = "{key}"\n')
    commit(tree)
    answer = secrets(tree)
    assert (answer.code, answer.lines) == (1, ["settings.py:1: AWS Access Key"])
    secrets_accept(tree)
    assert key not in (tree / ".secrets.baseline").read_text()
    (tree / "settings.py").write_text(f'# moved\n\nKEY = "{key}"\n')
    assert secrets(tree).code == 0
    (tree / ".secrets.baseline").write_text("not json")
    assert secrets(tree).code == 2


def test_a_package_without_a_hash_is_found(tree):
    assert hashes(tree).code == 0
    (tree / "requirements.lock").write_text(LOCK + "jinja2==3.1.6\n")
    assert hashes(tree).lines == ["requirements.lock: jinja2==3.1.6 has no hash"]
    assert hashes(BASE_DIR).lines == []
