"""Who may note what in the ledger, and record what was computed: in plain SQL, as the runtime role."""

from datetime import UTC, datetime
from hashlib import sha256

import psycopg
import pytest
from django.db import ProgrammingError

from governance.core.capability import registry
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import ALLOWED, Role
from governance.core.jobs.models import JobRun
from governance.core.ledger.queries import last_verification
from governance.core.ledger.verification.verify import ledger_verify
from integrity.proofs.models import RuleProof
from integrity.scans.models import Scan, ViewDefinition
from tests.alerts.make import alert_rows, finding, ledger, take_in
from tests.conftest import make_user

NOTE = "SELECT ledger_note(%s, %s, 'x', NULL, %s, '{\"first_seq\": 1, \"last_seq\": 999999}')"
NOTED = {name: one for name, one in registry().actions.items() if one.subject_type}
MACHINES = sorted(registry().identities)


@pytest.fixture
def people(fresh_console):
    names = {role.value: make_user(role.value, {"depot": role}).pk for role in Role}
    return names | {"stranger": make_user("stranger").pk}


@pytest.fixture
def may(fresh_console, pg):
    """`may(statement, values, user=…)` or `system=…`: may the runtime role, in a transaction of its own?"""
    with psycopg.connect(pg.dsn(fresh_console, "console_app"), autocommit=True) as session:

        def run(statement, values=(), *, user="", system=""):
            try:
                with session.transaction():
                    session.execute(
                        "SELECT set_config('governance.user_id', %s, true),"
                        " set_config('governance.system', %s, true)",
                        [str(user), system],
                    )
                    session.execute(statement, values)
            except psycopg.errors.InsufficientPrivilege:
                return False
            return True

        yield run


def test_only_the_identity_that_computes_it_notes_it(people, may):
    for name, action in NOTED.items():
        if not action.system:
            continue
        note = [None, action.subject_type, name]
        assert [who for who in MACHINES if may(NOTE, note, system=who)] == [action.system]
        assert [who for who, user in people.items() if may(NOTE, note, user=user)] == []
        assert not may(NOTE, note, user=people["admin"], system=action.system)


def test_a_person_notes_an_act_where_the_person_holds_what_it_asks_for(people, may):
    for name, action in NOTED.items():
        if not action.permission:
            continue
        readers = {role.value for role in Role if action.permission in ALLOWED[role]}
        for source in ("depot", None, "console"):
            note = [source, action.subject_type, name]
            assert {who for who, user in people.items() if may(NOTE, note, user=user)} == readers
        elsewhere = ["likasi", action.subject_type, name]
        assert not any(may(NOTE, elsewhere, user=user) for user in people.values())
        assert not any(may(NOTE, elsewhere, system=who) for who in MACHINES)


@pytest.mark.parametrize("subject", ["alert", "comment", "user", "delegation", "sighting", "scan"])
def test_no_note_about_what_triggers_record(subject, people, may):
    for name, action in NOTED.items():
        if action.subject_type != subject:
            note = ["depot", subject, name]
            assert not may(NOTE, note, user=people["admin"])
            assert not may(NOTE, note, system=action.system or "scan")


@pytest.mark.parametrize("action", ["alert.resolve", "role.grant", "alert.seen", "made.up", ""])
def test_what_is_not_listed_is_nobody_s_to_note(action, people, may):
    for subject in ("export", "ledger", "sighting", "alert"):
        assert not any(may(NOTE, ["depot", subject, action], user=user) for user in people.values())
        assert not any(may(NOTE, ["depot", subject, action], system=name) for name in MACHINES)


def test_the_page_tells_who_asked_and_believes_the_machine_alone(people, may):
    asked = people["pca"]
    assert ledger_verify(by=asked).is_whole
    with acting_as_system("test"):
        found = last_verification()
    assert found
    assert found.asked_by == str(asked)
    assert ledger()[-1] == ("ledger.verify", "system:verify")
    assert ledger_verify().is_whole
    with acting_as_user(people["auditeur"]):
        found = last_verification()
    assert found
    assert found.asked_by == "system:verify"
    assert found.last_seq < 999_999


AT = datetime(2026, 3, 1, tzinfo=UTC)


def scanned():
    Scan.objects.create(source="depot", started_at=AT, finished_at=AT, outcome="COMPLETE")


def proved():
    RuleProof.objects.create(
        source="depot", code="R", version="1.0.0", verdict="PROUVEE", through="rule", proved_at=AT
    )


def ran():
    JobRun.objects.create(key="k", source="depot", known_since=AT)


def read():
    ViewDefinition.objects.create(
        source="depot", view_hash=sha256(b"").hexdigest(), definition="", first_seen_at=AT
    )


def recorded(write, who):
    """Whether the runtime role may, in a transaction of this actor's."""
    try:
        with who:
            write()
    except ProgrammingError:
        return False
    return True


@pytest.mark.parametrize(
    ("write", "identity"),
    [(scanned, "scan"), (proved, "proofs"), (ran, "schedule"), (read, "scan")],
)
def test_what_was_computed_is_recorded_by_what_computed_it(write, identity, people):
    assert not any(recorded(write, acting_as_user(user)) for user in people.values())
    may = [name for name in MACHINES if recorded(write, acting_as_system(name))]
    assert may == [identity]


SWAP = "set_config('governance.{}', '{}', true)"
AS_SCAN = f"({SWAP.format('user_id', '')} || {SWAP.format('system', 'scan')})"


@pytest.mark.parametrize(
    "change",
    [
        "last_detected_at = now()",
        "message = 'forged'",
        "status = 'RESOLVED', resolution_cause = 'DATA_FIXED'",
        "first_detected_at = now()",
    ],
)
def test_no_statement_of_a_person_does_what_a_scan_does(change, people, may, fresh_console):
    """The person's identity at both ends of a single statement, the machine's between them."""
    take_in([finding()])
    before = ledger(), alert_rows()
    director = people["directeur"]
    back = f"{SWAP.format('user_id', director)}, {SWAP.format('system', '')}"
    # the column that is written last says who acts when the row's trigger asks
    swapped = (
        f"UPDATE system_alerts SET {change}, entity_id = entity_id || left({AS_SCAN}, 0)"
        f" RETURNING {back}"
    )
    may(swapped, user=director)  # refused, or without effect
    assert (ledger(), alert_rows()) == before
