"""Plain SQL with the runtime role's password: no right out of one statement, and nothing without bound."""

from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, ledger, take_in
from tests.conftest import make_user

REFUSED = psycopg.errors.InsufficientPrivilege
TOO_MUCH = psycopg.errors.CheckViolation


@pytest.fixture
def people(fresh_console):
    take_in([finding("bac-1", severity="WARN")])
    return {role.value: make_user(role.value, {"depot": role}).pk for role in Role}


@pytest.fixture
def acting(fresh_console, pg, people):
    """`with acting("pca") as session`: a transaction of the runtime role in which that person acts."""

    @contextmanager
    def begin(person="", system=""):
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
            identify(session, people.get(person, person), system)
            yield session

    return begin


def identify(session, person="", system=""):
    session.execute(
        "SELECT set_config('governance.user_id', %s, true), set_config('governance.system', %s, true)",
        [str(person), system],
    )


LEND = (
    "INSERT INTO delegation (id, holder_id, source, ends_at, created_at, granted_by, reason)"
    " SELECT gen_random_uuid(), %(holder)s, 'depot', now() + interval '1 day', now(), %(by)s, 'congé'"
)
# The identity of one statement: as somebody else while rows are looked for, and back before the entry.
BORROWED = (
    "WITH b AS MATERIALIZED (SELECT set_config('governance.user_id', %(other)s, true) AS u,"
    " set_config('governance.system', %(system)s, true) AS s)"
)
BACK = "set_config('governance.user_id', %(self)s, true), set_config('governance.system', '', true)"


@pytest.fixture
def lent(acting, people):
    with acting("directeur") as session:
        session.execute(LEND, {"holder": people["gerant"], "by": people["directeur"]})


@pytest.mark.parametrize("machine", [True, False])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE delegation SET ends_at = now() FROM b WHERE coalesce(b.u, b.s) IS NOT NULL RETURNING",
        "DELETE FROM delegation USING b WHERE coalesce(b.u, b.s) IS NOT NULL RETURNING",
    ],
)
def test_a_borrowed_identity_ends_nobodys_loan(acting, people, lent, statement, machine):
    before = ledger()
    values = {"other": "" if machine else str(people["directeur"]), "system": "x" * machine}
    values["self"] = str(people["pca"])
    with pytest.raises(REFUSED), acting("pca") as session:
        assert session.execute(f"{BORROWED} {statement} {BACK}", values).rowcount == 0
        raise REFUSED  # it was not theirs to see
    assert ledger() == before
    with acting("gerant") as session:
        assert session.execute(
            "SELECT count(*) FROM delegation WHERE ends_at > now()"
        ).fetchone() == (1,)


def test_nobody_lends_to_themselves_by_the_machines_name(acting, people):
    values = {"other": "", "system": "demo", "self": str(people["gerant"])}
    values |= {"holder": people["gerant"], "by": people["gerant"]}
    with pytest.raises(REFUSED), acting("gerant") as session:
        session.execute(f"{BORROWED} {LEND} FROM b WHERE b.s IS NOT NULL RETURNING {BACK}", values)


def test_a_borrowed_identity_removes_no_account(acting, people):
    values = {"other": "", "system": "x", "self": str(people["pca"])}
    with acting("directeur") as session:
        session.execute("SET LOCAL enable_hashjoin = off")
        with pytest.raises(REFUSED), session.transaction():
            session.execute(
                f"{BORROWED} DELETE FROM governance_user USING b"
                f" WHERE b.s IS NOT NULL AND username <> 'directeur' RETURNING {BACK}",
                values | {"self": str(people["directeur"])},
            )


def test_who_lost_the_right_lends_it_no_longer(acting, people, lent):
    ack = "UPDATE system_alerts SET status = 'ACK' RETURNING 1"
    with acting("admin") as session:
        session.execute(
            "UPDATE source_role SET role = 'auditeur' WHERE user_id = %s", [people["directeur"]]
        )
    with pytest.raises(REFUSED), acting("gerant") as session:
        session.execute(ack)
    with acting("gerant") as session:
        loans = session.execute("SELECT count(*) FROM governance_loans(now())").fetchone()
        assert loans == (0,)
    assert alert().status == "OPEN"


def test_an_account_takes_no_id_that_the_ledger_knows(acting, people):
    with acting_as_system("test"):
        gone = make_user("gone").pk
    with acting(system="accounts") as session:
        session.execute("DELETE FROM governance_user WHERE id = %s", [gone])
    new = (
        "INSERT INTO governance_user (id, username, password, is_superuser, is_staff, is_active,"
        " first_name, last_name, date_joined, language)"
        " VALUES (%s, 'new', '!', false, false, true, '', '', now(), '')"
    )
    with acting("admin") as session:
        with pytest.raises(REFUSED, match="somebody"), session.transaction():
            session.execute(new, [gone])
        session.execute(new, [uuid4()])


def test_the_machine_and_a_person_at_once_change_no_account(acting, people):
    with pytest.raises(REFUSED), acting("pca", system="x") as session:
        session.execute("UPDATE governance_user SET last_login = now() WHERE username = 'admin'")


FILTER = (
    "INSERT INTO saved_filter (id, owner_id, name, query, shared, created_at)"
    " SELECT gen_random_uuid(), %(id)s, 'n' || n, {query}, true, now() FROM generate_series(1, {count}) AS n"
)


@pytest.mark.parametrize(
    ("count", "query"), [(101, "'q=x'"), (1, "repeat('x', 5000)")], ids=["many", "long"]
)
def test_kept_filters_are_few_and_short(acting, people, count, query):
    with pytest.raises(TOO_MUCH), acting("gerant") as session:
        session.execute(FILTER.format(query=query, count=count), {"id": people["gerant"]})


def test_nobody_whose_account_is_closed_keeps_anything(acting, people):
    with acting("admin") as session:
        session.execute("UPDATE account SET is_active = false WHERE username = 'gerant'")
    with pytest.raises(REFUSED), acting("gerant") as session:
        session.execute(FILTER.format(query="'q=x'", count=1), {"id": people["gerant"]})
    with pytest.raises(REFUSED), acting("gerant") as session:
        session.execute("INSERT INTO live_look (at) VALUES (now())")


def test_looks_are_none_of_a_time_to_come_and_kept_in_bounds(acting, people):
    with acting("gerant") as session:
        session.execute("INSERT INTO live_look (at) VALUES (now() + interval '1 year')")
        dated = session.execute(
            "SELECT clock_timestamp() - at < interval '1 minute' FROM live_look"
        )
        assert dated.fetchone() == (True,)
    with pytest.raises(TOO_MUCH), acting("gerant") as session:
        session.execute("INSERT INTO live_look (at) SELECT now() FROM generate_series(1, 1000)")
    with pytest.raises(REFUSED), acting(str(uuid4())) as session:
        session.execute("INSERT INTO live_look (at) VALUES (now())")


def test_a_language_is_a_short_word(acting, people):
    with pytest.raises(TOO_MUCH), acting("gerant") as session:
        session.execute("UPDATE governance_user SET language = repeat('x', 100)")


@pytest.mark.parametrize("name", ["x" * 200, "<b>", "a\nb", "Scan", "é"])
def test_the_machine_has_a_plain_name(acting, people, name):
    with pytest.raises(REFUSED, match="name"), acting(system=name) as session:
        session.execute("UPDATE system_alerts SET message = 'x'")


def test_a_session_is_small_and_ends(acting):
    write = "SELECT session_write('k', {}, now() + interval '{}', true)"
    for content, lasts in (("repeat('x', 200000)", "1 day"), ("'x'", "10 years")):
        with pytest.raises(TOO_MUCH), acting() as session:
            session.execute(write.format(content, lasts))
    with acting() as session:
        assert session.execute(write.format("'x'", "1 day")).fetchone() == (True,)


ABOUT = {
    "id": "gen_random_uuid()",
    "source": "'autre'",
    "check_code": "'AUTRE'",
    "entity_type": "'AUTRE'",
    "entity_id": "'autre'",
    "created_at": "'2001-01-01'",
}


@pytest.mark.parametrize("column", ABOUT)
def test_what_an_alert_is_about_never_changes(acting, people, column):
    """Not for the machine either; a row under another id would have left no entry."""
    take_in([finding("bac-1", severity="WARN"), finding("bac-2", severity="WARN")])
    moved = f"CASE WHEN entity_id = 'bac-2' THEN {ABOUT[column]} ELSE {column} END"
    with pytest.raises(REFUSED, match="about"), acting(system="scan") as session:
        session.execute(f"UPDATE system_alerts SET message = 'x', {column} = {moved}")


OPENED = (
    "INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message,"
    " payload, occurrences, material, status, episode, version, first_detected_at, last_detected_at,"
    " created_at, updated_at)"
    " VALUES (gen_random_uuid(), 'depot', 'NEW', 'WARN', 'X', 'x', 'm', '{{}}', {occurrences}, '{{}}',"
    " 'OPEN', 1, 1, {first}, {last}, now(), now())"
)


@pytest.mark.parametrize(
    "said",
    [
        {"first": "'infinity'"},
        {"first": "'-infinity'"},
        {"first": "'0044-03-15 BC'"},
        {"last": "'10000-01-01'"},
        {"occurrences": "0"},
    ],
    ids=str,
)
def test_no_alert_says_what_no_page_can_show(acting, people, said):
    values = {"first": "now()", "last": "now()", "occurrences": "1"}
    with acting(system="scan") as session:
        session.execute(OPENED.format(**values))
    with pytest.raises(TOO_MUCH), acting(system="scan") as session:
        session.execute(OPENED.replace("'NEW'", "'OTHER'").format(**values | said))
    for last in {said.get("last")} - {None}:  # seen again: the one change that fires no row trigger
        with pytest.raises(TOO_MUCH), acting(system="scan") as session:
            session.execute(f"UPDATE system_alerts SET last_detected_at = {last}")


BLANK = "U&'\\200B\\00A0\\2060 '"


def test_words_that_nobody_can_see_are_no_words(acting, people):
    resolve = (
        f"UPDATE system_alerts SET status = 'RESOLVED', resolution_note = {BLANK},"
        " resolution_cause = 'AUTRE', resolution_decision = 'CORRIGE'"
    )
    with pytest.raises(TOO_MUCH), acting("directeur") as session:
        session.execute(resolve)
    with acting("directeur") as session:
        session.execute("UPDATE system_alerts SET status = 'ACK'")
    with pytest.raises(TOO_MUCH), acting("directeur") as session:
        session.execute(f"UPDATE system_alerts SET status = 'OPEN', reopening_note = {BLANK}")
