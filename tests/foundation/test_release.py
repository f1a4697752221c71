"""What runs is what was released, or somebody is told."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from governance import release
from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import job_find
from tests.alerts.make import alert


@pytest.fixture
def installation(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A small one, with its manifest beside it."""
    for name in ("manage.py", "governance/core/a.py", "static/css/base.css", "locale/en/x.mo"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    settings.BASE_DIR, settings.RELEASE_MANIFEST = tmp_path, tmp_path / "release.json"
    settings.APP_RELEASE = "v1.2.3"
    said = io.StringIO()
    call_command("release", "manifest", stdout=said)
    settings.RELEASE_MANIFEST.write_text(said.getvalue())
    release.at_start.cache_clear()
    yield tmp_path
    release.at_start.cache_clear()


def verify() -> str:
    said = io.StringIO()
    call_command("release", "verify", stdout=said)
    return said.getvalue().strip()


def test_what_was_released_runs(installation):
    assert set(json.loads((installation / "release.json").read_text())["files"]) == {
        "manage.py",
        "governance/core/a.py",
        "static/css/base.css",
    }
    assert verify() == "3 fichiers, tous de v1.2.3."
    (installation / "locale" / "en" / "x.mo").write_text("compiled anew")
    assert verify() == "3 fichiers, tous de v1.2.3."


def test_a_changed_a_new_and_a_missing_file_are_named(installation):
    (installation / "manage.py").write_text("changed")
    (installation / "governance" / "b.py").write_text("new")
    (installation / "static" / "css" / "base.css").unlink()
    with pytest.raises(CommandError) as refused:
        verify()
    assert str(refused.value) == (
        "3 fichiers diffèrent de la version publiée : "
        "governance/b.py, manage.py, static/css/base.css."
    )


def test_files_that_are_replaced_under_a_running_process(installation):
    assert verify()
    text = installation / "manage.py"
    text.write_text("the next release")
    (installation / "release.json").write_text(release.manifest(installation, "v1.2.4"))
    with pytest.raises(CommandError, match="diffère"):
        verify()
    text.write_text("manage.py")
    (installation / "governance" / "core" / "a.py").write_text("restored too late")
    (installation / "release.json").write_text(
        json.dumps(
            json.loads(release.manifest(installation, "v1.2.3"))
            | {"files": release.at_start(installation)}
        )
    )
    with pytest.raises(CommandError, match="depuis le démarrage"):
        verify()


def test_another_name_or_no_manifest_at_all(installation, settings):
    settings.APP_RELEASE = "v9"
    with pytest.raises(CommandError, match=r"ceux de v1\.2\.3, APP_RELEASE dit v9"):
        verify()
    (installation / "release.json").write_text("[]")
    with pytest.raises(CommandError, match="ne se lit pas"):
        verify()
    (installation / "release.json").unlink()
    assert verify().startswith("INCONNU")


def test_the_job_raises_an_alert(fresh_console, installation):
    assert job_run(job_find("release")).went_well
    (installation / "manage.py").write_text("changed")
    release.at_start.cache_clear()  # as in a worker that is started now
    assert not job_run(job_find("release")).answered
    raised = alert(source="console", check_code="JOB_FAILED")
    assert "manage.py" in str(raised.payload)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("env", "word"), [("local", "Poste local"), ("staging", "Préproduction"), ("production", "")]
)
def test_every_answer_says_who_runs_and_every_page_shows_what_is_not_production(
    settings, env, word
):
    settings.DEMONSTRATION, settings.APP_ENV = False, env
    answer = Client().get("/accounts/login/")
    assert (answer["X-App-Env"], answer["X-App-Release"]) == (env, "test")
    text = answer.content.decode()
    assert ("Ce n’est pas la production" in text) is bool(word)
    assert word in text
