"""The demonstration accounts: made once per source, and never against somebody's will."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from governance import demo
from governance.models import SourceRole, User
from governance.roles import Role
from governance.sql import acting_as_system

NAMES = ["admin", "auditeur", "directeur", "gerant", "pca"]

pytestmark = pytest.mark.django_db


def _roles() -> list[tuple[str, str, str]]:
    rows = SourceRole.objects.values_list("user__username", "source", "role")
    return sorted((str(user), source, role) for user, source, role in rows)


def test_each_role_gets_an_account_on_every_source(client):
    assert sorted(demo.accounts_create(sources=["depot", "mine"])) == NAMES
    assert _roles() == sorted(
        (role.value, source, role.value) for role in Role for source in ("depot", "mine")
    )
    assert client.login(username="directeur", password="demo-governance")
    assert not User.objects.filter(is_superuser=True).exists()


def test_a_later_start_adds_the_new_source_and_changes_nothing_else():
    demo.accounts_create(sources=["depot"])
    pca = User.objects.get(username="pca")
    pca.set_password("something of my own")
    with acting_as_system("test"):
        pca.save()
        SourceRole.objects.filter(user=pca).update(role=Role.AUDITEUR)
        User.objects.filter(username="gerant").update(is_active=False)

    demo.accounts_create(sources=["depot", "mine"])

    pca.refresh_from_db()
    assert pca.check_password("something of my own")
    assert ("pca", "depot", "auditeur") in _roles()
    assert ("pca", "mine", "pca") in _roles()
    assert not User.objects.get(username="gerant").is_active
    assert User.objects.count() == 5


def test_nowhere_but_on_a_developers_machine(settings):
    settings.LOCAL = False
    with pytest.raises(ImproperlyConfigured):
        demo.accounts_create(sources=["depot"])
    assert not User.objects.exists()
