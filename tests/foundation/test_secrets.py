"""No line, address or secret of the configuration is ever printed or logged."""

import json
import logging
import re

import pytest

from governance import env
from governance.core.logs import Formatter
from governance.env import BASE_DIR, SettingsError
from governance.secrets import secret_pieces, without
from integrity.sources.connections import SourceError, read_only_transaction

SECRET = "Zx9-hunter2-Qk7"
NAMES = re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", (BASE_DIR / ".env.example").read_text(), re.M)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "line", ["{name} = {secret}", "{name}: {secret}", "{secret} {name}", " {secret}"]
)
def test_a_refused_line_is_named_and_not_printed(tmp_path, monkeypatch, caplog, capfd, name, line):
    (tmp_path / ".env").write_text(f"# a comment\n\n{line.format(name=name, secret=SECRET)}\n")
    monkeypatch.setattr(env, "BASE_DIR", tmp_path)
    with caplog.at_level(logging.DEBUG), pytest.raises(SettingsError) as stopped:
        env.load()
    said = str(stopped.value) + caplog.text + "".join(capfd.readouterr())
    assert SECRET not in said
    assert ".env, line 3" in said
    assert (name in said) is line.startswith("{name}")


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_in_any_variable_reaches_no_log_line(monkeypatch, name):
    address = f"postgresql://reader:{SECRET}@db.invalid/x"
    monkeypatch.setenv(name, address)
    monkeypatch.setattr(env.env, "names_read", {name})
    record = logging.LogRecord("x", logging.ERROR, "", 0, "cannot use %s", (address,), None)
    line = Formatter("{message}", style="{").format(record)
    assert SECRET not in line
    assert json.loads(line)["message"].startswith("cannot use ")


@pytest.mark.parametrize(
    "password",
    [SECRET, "Zx9%2Dhunter2", f"{SECRET}/more", f"a@{SECRET}", f"p:{SECRET}"],
)
def test_an_address_that_is_read_wrongly_gives_nothing_away(password):
    for address in (
        f"postgresql://reader:{password}@127.0.0.1:1/depot",
        f"host=127.0.0.1 port=1 password={password}",
    ):
        with pytest.raises(SourceError) as failed, read_only_transaction(address, timeout_ms=100):
            pass
        said = str(failed.value)
        assert "hunter2" not in said
        assert failed.value.__cause__ is None


def test_pieces_leave_ordinary_words_alone():
    assert secret_pieces("postgresql:///console") == set()
    assert (
        without("elle ne répond pas", secret_pieces("postgresql://u:pw@h/x"))
        == "elle ne répond pas"
    )
