"""Who reads which entry and which delegation: in SQL, for every kind of actor."""

from datetime import timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation
from governance.core.identity.roles import ALLOWED, Permission, Role
from governance.core.ledger.models import LedgerEntry, LedgerHead
from tests.conftest import make_user
from tests.ledger.write import append


@pytest.fixture
def entries(console):
    with acting_as_system("scan"):
        append({"source": "depot"}, {"source": "likasi"}, {"source": "console"}, {"source": None})
    return console


def seen():
    rows = LedgerEntry.objects.filter(subject_type="alert").order_by("seq")
    return list(rows.values_list("source", flat=True))


@pytest.mark.parametrize("role", Role)
def test_a_role_reads_the_history_of_its_source_and_of_the_console(role, entries):
    person = make_user("p", {"depot": role})
    with acting_as_user(person.pk):
        may = Permission.HISTORY in ALLOWED[role]
        assert seen() == (["depot", "console", None] if may else [])
        assert LedgerHead.objects.count() == may


def test_a_person_without_a_role_or_gone_sees_nothing(entries):
    nobody = make_user("sans-role")
    gone = make_user("partie", {"depot": Role.ADMIN}, is_active=False)
    for person in (nobody, gone):
        with acting_as_user(person.pk):
            assert seen() == []


def test_without_identity_nobody_sees_anything_the_owner_neither(pg, entries):
    for role in ("console_app", "console_owner"):
        with psycopg.connect(pg.dsn(entries, role)) as session:
            assert session.execute("SELECT count(*) FROM ledger_entry").fetchone() == (0,)
            assert session.execute("SELECT count(*) FROM delegation").fetchone() == (0,)
            session.execute("SELECT set_config('governance.system', 'scan', true)")
            assert session.execute("SELECT count(*) > 3 FROM ledger_entry").fetchone() == (True,)


def test_the_policy_asks_once_per_statement(entries):
    person = make_user("p", {"depot": Role.AUDITEUR})
    with acting_as_user(person.pk), connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (COSTS OFF, VERBOSE) SELECT * FROM ledger_entry ORDER BY seq DESC LIMIT 50"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    [condition] = [line for line in plan.splitlines() if "Filter:" in line]
    assert "governance_sources" not in condition
    assert plan.count("governance_sources(") == 1
    assert "Index Scan Backward using ledger_entry_pkey" in plan


def test_a_delegation_is_seen_by_its_holder_and_by_who_reads_that_history(console):
    people = {
        "holder": make_user("holder", {"depot": Role.GERANT}),
        "directeur": make_user("directeur", {"depot": Role.DIRECTEUR}),
        "pca": make_user("pca", {"depot": Role.PCA}),
        "gerant": make_user("gerant", {"depot": Role.GERANT}),
        "elsewhere": make_user("elsewhere", {"likasi": Role.DIRECTEUR}),
    }
    lent = {
        "source": "depot",
        "ends_at": timezone.now() + timedelta(days=1),
        "holder": people["holder"],
    }
    for name in ("pca", "gerant", "elsewhere", "holder"):
        with pytest.raises(ProgrammingError), acting_as_user(people[name].pk):
            Delegation.objects.create(reason="congé", granted_by=people[name].pk, **lent)
    with acting_as_user(people["directeur"].pk):
        Delegation.objects.create(reason="congé", granted_by=people["pca"].pk, **lent)
    visible = {}
    for name, person in people.items():
        with acting_as_user(person.pk):
            visible[name] = Delegation.objects.count()
            granted_by = Delegation.objects.values_list("granted_by", flat=True).first()
            # who lent it is the session's person, whatever the statement said
            assert granted_by in (people["directeur"].pk, None)
            with transaction.atomic():
                changed = Delegation.objects.update(source="depot")
            assert changed == (name == "directeur")
    assert visible == {"holder": 1, "directeur": 1, "pca": 1, "gerant": 0, "elsewhere": 0}


def test_what_is_lent_lets_the_holder_act_but_not_lend_on(console):
    holder = make_user("holder", {"depot": Role.GERANT})
    other = make_user("other", {"depot": Role.GERANT})
    lender = make_user("lender", {"depot": Role.DIRECTEUR})
    lent = {"source": "depot", "ends_at": timezone.now() + timedelta(days=1)}
    with acting_as_system("install"):
        Delegation.objects.create(reason="congé", holder=holder, granted_by=lender.pk, **lent)
    with acting_as_user(holder.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT governance_sources('act'), governance_own_sources('act')")
            assert cursor.fetchone() == (["depot"], [])
        with pytest.raises(ProgrammingError), transaction.atomic():
            Delegation.objects.create(reason="congé", holder=other, granted_by=holder.pk, **lent)
