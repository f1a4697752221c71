"""The demonstration accounts: with the embedded pair of databases only, and never against somebody's will."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from governance.core.identity import demonstration
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role
from governance.devtools import demo
from tests.conftest import account, make_user
from tests.foundation.process import python

NAMES = ["admin", "auditeur", "directeur", "gerant", "pca"]

pytestmark = pytest.mark.django_db


def _roles() -> list[tuple[str, str, str]]:
    with acting_as_system("test"):
        rows = list(SourceRole.objects.values_list("user__username", "source", "role"))
    return sorted((str(user), source, role) for user, source, role in rows)


def test_each_role_gets_an_account_on_the_depot(client):
    assert sorted(demo.accounts_create()) == NAMES
    assert _roles() == sorted((role.value, "depot", role.value) for role in Role)
    assert client.login(username="directeur", password="demo-governance")
    with acting_as_system("test"):
        assert not User.objects.filter(is_superuser=True).exists()


def test_a_later_start_adds_what_is_missing_and_changes_nothing_else():
    demo.accounts_create()
    pca = account("pca")
    pca.set_password("something of my own")
    with acting_as_system("test"):
        pca.save()
        SourceRole.objects.filter(user=pca).update(role=Role.AUDITEUR)
        User.objects.filter(username="gerant").update(is_active=False)
        SourceRole.objects.filter(role=Role.DIRECTEUR).delete()

    demo.accounts_create()

    assert account("pca").check_password("something of my own")
    assert ("pca", "depot", "auditeur") in _roles()
    assert ("directeur", "depot", "directeur") in _roles()
    assert not account("gerant").is_active
    assert len(_roles()) == 5


def test_nowhere_but_with_the_embedded_pair(settings):
    settings.DEMONSTRATION = False
    assert settings.LOCAL  # a developer's machine alone is no reason
    with pytest.raises(ImproperlyConfigured):
        demo.accounts_create()
    with acting_as_system("test"):
        assert not User.objects.exists()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"SOURCE_DEPOT_DATABASE_URL": "postgresql://reader@erp.invalid/erp"}, False),
        ({"SOURCE_ERP_DATABASE_URL": "postgresql://reader@erp.invalid/erp"}, False),
        ({"DATABASE_URL": "postgresql://console_app@db.invalid/console"}, False),
        (
            {
                "DATABASE_URL": "postgresql://console_app@db.invalid/console",
                "EMBEDDED_POSTGRES": "/nowhere",
            },
            False,
        ),
    ],
)
def test_which_settings_make_a_demonstration(tmp_path, values, expected):
    done = python(
        "-c",
        "from governance import settings; print(settings.DEMONSTRATION)",
        VAR_DIR=str(tmp_path),
        **values,
    )
    assert (done.stdout.strip(), done.stderr) == (str(expected), "")


def test_the_public_password_is_found_under_any_name():
    demo.accounts_create()
    make_user("nadia")
    assert demonstration.accounts_open() == NAMES
    with acting_as_system("install"):
        User.objects.filter(username="pca").update(username="mukendi")
        User.objects.filter(username="gerant").update(is_active=False)
        User.objects.filter(username="admin").update(password="!")
    assert demonstration.accounts_open() == ["auditeur", "directeur", "mukendi"]
