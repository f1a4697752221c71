"""Accounts, roles and delegations leave entries, whichever statement changes them."""

from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.backend import Backend, sign_in_noted
from governance.core.identity.models import Account, Delegation, SourceRole, User
from governance.core.ledger.models import LedgerEntry
from tests.conftest import make_user
from tests.ledger.conftest import head, run_verify


@pytest.fixture
def admin(console):
    return make_user("admin", {"depot": "admin"})


def since(seq):
    """What has been entered after `seq`, as (actor, source, action, before, after)."""
    with acting_as_system("test"):
        rows = LedgerEntry.objects.filter(seq__gt=seq).order_by("seq")
        return list(rows.values_list("actor", "source", "action", "before", "after"))


def test_an_account_s_life_is_recorded_without_its_password(admin):
    start, _ = head()
    with acting_as_user(admin.pk):
        user = User.objects.create_user(username="nadia", password="un secret", first_name="Nadia")
        Account.objects.filter(pk=user.pk).update(first_name="Nadège")
    with acting_as_system("install"):
        user = User.objects.get(pk=user.pk)
        user.set_password("un autre secret")
        user.is_active = False
        user.save()
        user.delete()
    created, renamed, closed, deleted = since(start)
    assert [closed[0], deleted[0]] == ["system:install"] * 2
    me = str(admin.pk)
    assert created[:3] == (me, None, "user.create")
    assert created[4]["username"] == "nadia"
    assert renamed[2:] == ("user.change", {"first_name": "Nadia"}, {"first_name": "Nadège"})
    assert closed[2:] == (
        "user.change",
        {"is_active": True},
        {"is_active": False, "password_changed": True},
    )
    assert (deleted[2], deleted[3]["username"], deleted[4]) == ("user.delete", "nadia", None)
    with acting_as_system("test"):
        for entry in LedgerEntry.objects.filter(subject_type="user"):
            assert "pbkdf2" not in str((entry.before, entry.after))
            assert "password" not in (entry.after or {})


def test_signing_in_writes_nothing_and_waits_for_nobody(admin, pg, console):
    start, _ = head()
    with psycopg.connect(pg.dsn(console, "console_app")) as scan:
        # a long scan holds the head
        scan.execute("SELECT set_config('governance.system', 'scan', true), ledger_lock()")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        sign_in_noted(User, admin)
    assert since(start) == []


def test_a_password_hashed_anew_at_sign_in_is_recorded(admin, monkeypatch):
    start, _ = head()
    monkeypatch.setattr(MD5PasswordHasher, "must_update", lambda *args: True)
    assert Backend().authenticate(None, username="admin", password="admin") == admin
    assert since(start) == [
        ("system:accounts", None, "user.password", {}, {"password_changed": True})
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('governance.system', true)")
        assert cursor.fetchone()[0] in ("", None)


@pytest.mark.parametrize(
    "change",
    [
        lambda admin: User.objects.create_user(username="x"),
        lambda admin: User.objects.filter(pk=admin.pk).update(is_superuser=True),
        lambda admin: SourceRole.objects.create(user=admin, source="likasi", role="admin"),
        lambda admin: SourceRole.objects.update(role="pca"),
        lambda admin: SourceRole.objects.all().delete(),
        lambda admin: User.objects.all().delete(),
    ],
)
def test_while_nobody_acts_no_account_or_role_changes(change, admin):
    before = head()
    with suppress(ProgrammingError):  # refused, or there are no rows to change
        change(admin)
    with acting_as_system("test"):
        assert list(User.objects.values_list("username", "is_superuser")) == [("admin", False)]
        assert list(SourceRole.objects.values_list("source", "role")) == [("depot", "admin")]
    assert head() == before


def test_grants_changes_and_revocations_name_both_people(admin):
    claire = make_user("claire")
    start, _ = head()
    with acting_as_user(admin.pk):
        role = SourceRole.objects.create(user=claire, source="depot", role="gerant")
        SourceRole.objects.filter(pk=role.pk).update(role="directeur")
        role.delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO source_role (user_id, source, role) VALUES (%s, 'depot', 'pca')",
                [claire.pk],
            )
    me, named = str(admin.pk), {"username": "claire"}
    assert since(start) == [
        (me, "depot", "role.grant", None, named | {"role": "gerant"}),
        (me, "depot", "role.change", {"role": "gerant"}, named | {"role": "directeur"}),
        (me, "depot", "role.revoke", named | {"role": "directeur"}, None),
        (me, "depot", "role.grant", None, named | {"role": "pca"}),
    ]


def test_a_role_that_moves_is_revoked_there_and_granted_here(admin):
    claire = make_user("claire", {"depot": "pca"})
    start, _ = head()
    with acting_as_system("install"):
        SourceRole.objects.filter(user=claire).update(source="likasi")
    assert [(row[1], row[2], (row[4] or row[3])["username"]) for row in since(start)] == [
        ("depot", "role.revoke", "claire"),
        ("likasi", "role.grant", "claire"),
    ]


def test_nobody_grants_themselves_a_source(admin):
    pca = make_user("pca", {"depot": "pca"})
    attempts = [
        lambda: SourceRole.objects.filter(user=pca).update(role="admin"),
        lambda: SourceRole.objects.create(user=pca, source="likasi", role="admin"),
        lambda: SourceRole.objects.filter(user=admin).delete(),
    ]
    for attempt in attempts:
        with pytest.raises(ProgrammingError, match="only who administers"), acting_as_user(pca.pk):
            attempt()
    # an admin of one source is none of another, nor by one statement about both
    with pytest.raises(ProgrammingError, match="only who administers"), acting_as_user(admin.pk):
        SourceRole.objects.bulk_create(
            [SourceRole(user=pca, source=source, role="admin") for source in ("kolwezi", "depot")]
        )


def test_a_delegation_s_life_is_recorded(admin):
    gerant = make_user("gerant", {"depot": "gerant"})
    ends = timezone.now().replace(microsecond=5) + timedelta(days=2)
    start, _ = head()
    sooner = ends - timedelta(days=1)
    with acting_as_user(admin.pk):
        given = Delegation.objects.create(
            reason="congé", holder=gerant, source="depot", ends_at=ends, granted_by=gerant.pk
        )
        Delegation.objects.filter(pk=given.pk).update(ends_at=sooner)
        Delegation.objects.filter(pk=given.pk).update(source="depot")
        Delegation.objects.filter(pk=given.pk).update(ends_at=timezone.now())
        given.refresh_from_db()
        assert Delegation.objects.all().delete()[0] == 0  # nobody but the machine deletes one
    with acting_as_system("install"):
        Delegation.objects.all().delete()
    stamp, earlier, ended, began = (
        instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        for instant in (ends, sooner, given.ends_at, given.starts_at)
    )
    whole = {
        "username": "gerant",
        "holder": str(gerant.pk),
        "granted_by": str(admin.pk),
        "starts_at": began,
        "ends_at": stamp,
        "reason": "congé",
    }
    assert [row[1:] for row in since(start)] == [
        ("depot", "delegation.grant", None, whole),
        ("depot", "delegation.change", {"ends_at": stamp}, {"ends_at": earlier}),
        ("depot", "delegation.revoke", {"ends_at": earlier}, {"ends_at": ended}),
        ("depot", "delegation.revoke", whole | {"ends_at": ended}, None),
    ]


def test_bulk_changes_leave_one_entry_each(admin):
    start, _ = head()
    with acting_as_system("install"):
        people = User.objects.bulk_create(User(username=f"u{n}") for n in range(30))
        SourceRole.objects.bulk_create(
            SourceRole(user=person, source="depot", role="pca") for person in people
        )
        SourceRole.objects.filter(role="pca").update(role="auditeur")
        User.objects.filter(username__startswith="u").update(last_name="même")
    actions = [row[2] for row in since(start)]
    assert actions == ["user.create"] * 30 + ["role.grant"] * 30 + ["role.change"] * 30 + (
        ["user.change"] * 30
    )
    assert run_verify()[0] == 0


@pytest.mark.parametrize("table", ["governance_user", "source_role", "delegation"])
def test_truncating_would_leave_no_entry_so_it_is_refused(table, admin, pg, console):
    with psycopg.connect(pg.dsn(console, "console_owner")) as owner:
        owner.execute("SELECT set_config('governance.system', 'install', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(f"TRUNCATE {table} CASCADE")


def test_a_refused_change_is_undone_together_with_its_entry(admin):
    other = make_user("gerant", {"depot": "gerant"})
    start, _ = head()
    with pytest.raises(ZeroDivisionError), acting_as_user(admin.pk), transaction.atomic():
        SourceRole.objects.filter(user=other).update(role="pca")
        raise ZeroDivisionError
    assert since(start) == []
    with acting_as_system("test"):
        assert SourceRole.objects.get(user=other).role == "gerant"
