"""`manage.py people`, and the link of the first administrator."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from governance.access.people import first_link
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole
from governance.core.ledger.models import LedgerEntry
from tests.conftest import account, make_user

PASSWORD = "un long mot de passe"  # of a test


@pytest.fixture
def run(monkeypatch, settings):
    settings.SOURCES = {"erp": "", "nord": ""}

    def command(*arguments, typed=PASSWORD):
        monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n"))
        out = StringIO()
        call_command("people", *arguments, stdout=out)
        return out.getvalue()

    return command


def roles(name):
    with acting_as_system("test"):
        return {(one.source, one.role) for one in SourceRole.objects.filter(user__username=name)}


@pytest.mark.django_db
def test_add_role_password_deactivate_list(run):
    run("add", "chef", "--admin")
    assert roles("chef") == {("erp", "admin"), ("nord", "admin")}
    run("add", "nadia", "--role", "directeur", "--source", "erp", "--email", "n@depot.invalid")
    run("role", "nadia", "pca", "--source", "nord")
    assert roles("nadia") == {("erp", "directeur"), ("nord", "pca")}
    run("role", "nadia", "none", "--source", "nord")
    run("password", "n@depot.invalid", typed="sept camions verts")
    assert account("nadia").check_password("sept camions verts")
    run("deactivate", "nadia", "--heir", "chef")
    assert not account("nadia").is_active
    assert "nadia  closed  -  directeur@erp" in run("list")
    with acting_as_system("test"):
        actors = set(
            LedgerEntry.objects.filter(subject_type="user").values_list("actor", flat=True)
        )
    assert actors == {"system:install"}


@pytest.mark.django_db
def test_what_it_refuses(run):
    run("add", "chef", "--admin")
    for arguments, said in (
        (("deactivate", "chef"), "last administrator"),
        (("role", "chef", "pca", "--source", "erp"), "last administrator"),
        (("add", "CHEF"), "has that username"),
        (("role", "chef", "pca"), "--source must be one of: erp, nord"),
        (("password", "personne"), "no account"),
        (("first",), "administrator already"),
    ):
        with pytest.raises(CommandError, match=said):
            run(*arguments)
    with pytest.raises(CommandError, match="12"):
        run("add", "court", typed="court")
    assert roles("chef") == {("erp", "admin"), ("nord", "admin")}


def test_a_fresh_installation_prints_a_link_that_opens_one_account(
    fresh_console, run, settings, capsys
):
    settings.DEMONSTRATION = False
    first_link.announce()
    former = capsys.readouterr().out.split()[-1]
    first_link.announce()
    link = capsys.readouterr().out.split()[-1]
    path = link[link.index("/accounts/") :]
    assert Client().get(former[former.index("/accounts/") :]).status_code == 404
    form = {"username": "chef", "first_name": "Ange", "last_name": "Kabila", "email": "",
            "password1": PASSWORD, "password2": PASSWORD}  # fmt: skip
    client = Client()
    assert client.get(path).status_code == 200
    assert client.post(path, form | {"password2": "autre"}).status_code == 422
    assert client.post(path, form).status_code == 302
    assert client.get("/governance/people").status_code == 200
    assert roles("chef") == {("erp", "admin"), ("nord", "admin")}
    assert Client().post(path, form | {"username": "second"}).status_code == 404
    first_link.announce()
    assert capsys.readouterr().out == ""


@pytest.mark.django_db
def test_with_an_administrator_the_machine_makes_no_such_link():
    make_user("chef", {"depot": "admin"})
    assert first_link.make() is None
