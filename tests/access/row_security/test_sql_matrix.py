"""Person × table × verb, and person × function, in SQL as the role that serves.

On a copy of the console, rows of two sources stand in every table, none of them made by these people. Whoever
holds a role on the first source, or on the other, or none, tries every verb on every table and calls every
function with the other source's values. A table, column or function that is missing here fails.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from governance.access.row_security.behaviour.attempts import (
    LEAKS,
    REFUSED,
    UNSURE,
    Tried,
    Trier,
    frame,
)
from governance.access.row_security.behaviour.invent import Identity, tenant_tables
from governance.access.row_security.behaviour.rebuild import ROOT
from governance.access.row_security.behaviour.values import MARK, NOBODY, A, B, uuid_of, values_of
from governance.access.row_security.schema import Column
from governance.access.row_security.statements import target_of
from governance.core.capability import registry
from governance.core.identity.roles import ALLOWED, Role
from tests.access.row_security.conftest import ConsoleCopy

APP = "console_app"
# name -> (role on the first source, days until a delegation begins and ends)
PEOPLE: dict[str, tuple[str, tuple[int, int] | None]] = {
    **{role.value: (role.value, None) for role in Role},
    "delegate": ("gerant", (-1, 5)),
    "delegate-after": ("gerant", (-9, -1)),
}
STRANGERS = ("elsewhere", "nobody")


HOLD = {
    *PEOPLE,
    "elsewhere",
}  # a director of the other source reaches the other rows, as every test here demands
HISTORY = {"admin", "directeur", "pca", "auditeur", "elsewhere"}
DIRECT = {"admin", "directeur", "elsewhere"}
# Whose rows tell: table -> verb -> who reaches rows of the own source. All that is not named is refused.
REACHED: dict[str, dict[str, set[str]]] = {
    "access_event": {"SELECT": {"admin"}},
    "access_review": {"SELECT": HISTORY},
    "account": {"SELECT": {"admin"}, "UPDATE": {"admin"}},
    "account_emailaddress": {},
    "account_emailconfirmation": {},
    "alert_active_as_of": {},  # of what the ledger tells, and invented entries tell nothing
    "alert_as_of": {},
    "alert_comment": {"SELECT": HOLD},
    "alert_flow": {"SELECT": HISTORY},
    "alert_mark": {"SELECT": HISTORY},
    "alert_tally": {"SELECT": HOLD},
    "desk_choice": {},
    "delegation": {"SELECT": HISTORY | {"delegate", "delegate-after"}, "UPDATE": DIRECT},
    "governance_user": {"SELECT": HOLD, "UPDATE": HOLD},
    "governance_user_groups": {},
    "governance_user_user_permissions": {},
    "integrity_rule_proof": {"SELECT": HOLD},
    "integrity_scan": {"SELECT": HOLD},
    "scan_summary": {"SELECT": HOLD},
    "integrity_view_definition": {},  # no invented text has its own hash
    "job_run": {"SELECT": HOLD},
    "ledger_entry": {"SELECT": HISTORY},
    "live_look": {},
    "mfa_authenticator": {},
    "person_device": {},
    "person_session": {},
    "row_security_audit": {"SELECT": {"admin"}},
    "row_security_baseline": {"SELECT": {"admin"}},
    "rule_fault": {"SELECT": HOLD},
    "saved_filter": {"SELECT": HOLD},
    "socialaccount_socialaccount": {},
    "socialaccount_socialtoken": {},
    "source_report": {"SELECT": HOLD},
    "source_retirement": {"SELECT": HOLD},
    # DELETE and INSERT of what else may be: an invented role's entry ends, in the copy, at a function of the
    # ledger that is nobody's there; tests/people/test_people.py gives and takes roles.
    "source_role": {"SELECT": HOLD, "UPDATE": {"admin"}},
    "system_alerts": {"SELECT": HOLD, "UPDATE": {*HOLD} - {"pca", "auditeur"}},
    "v_integrity_checks": {"SELECT": HOLD},
    "watched_source": {"SELECT": HOLD},
}
# Rows that belong to no source (docs/row-security.md): the same for everybody,
NOBODYS = {"django_content_type", "django_migrations", "ledger_head", "role_permission"}
# or read by the machine alone.
NOBODYS |= {"ledger_batch", "ledger_pending"}
# A room's own tables may stand in its `tests/<room>/matrix.py`, in the same shapes.
for beside in sorted(Path(__file__).parents[2].glob("*/matrix.py")):
    room = import_module(f"tests.{beside.parent.name}.matrix")
    REACHED |= getattr(room, "REACHED", {})
    NOBODYS |= getattr(room, "NOBODYS", set())
NOBODYS |= {f"procrastinate_{name}" for name in ("events", "jobs", "periodic_defers", "workers")}
# Who administers a source sees every account, to give a role to anybody.
ACROSS = {("account", "SELECT", "admin")}
# A trigger asks for what no invented row has; other tests try these.
JUDGED = {
    ("access_review", "INSERT"),
    ("delegation", "INSERT"),
    ("row_security_baseline", "INSERT"),
}
# What tells of others: names, to whoever holds a role and met their ids; whose a link is, to who brings it.
# What only writes its arguments anew.
TELLS = {
    *("alert_free", "governance_people", "ledger_canonical", "ledger_line", "link_of"),
    "request_take",
}
QUEUE = "procrastinate_"

# In what a person's rows differ from invented ones.
USER = """jsonb_build_object('id', %(id)s::text, 'username', %(name)s::text, 'email', %(name)s::text,
 'is_active', true)"""
ROLE = """jsonb_build_object('id', (SELECT count(*) FROM source_role), 'user_id', %(id)s::text,
 'source', %(source)s::text, 'role', %(role)s::text)"""
LOAN = """jsonb_build_object('id', gen_random_uuid(), 'holder_id', %(id)s::text, 'source', %(source)s::text,
 'granted_by', %(by)s::text, 'created_at', now() + make_interval(days => %(begins)s),
 'ends_at', now() + make_interval(days => %(ends)s))"""
CALLABLE = """
SELECT p.proname, p.provolatile,
  ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) AS t)
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
  AND has_function_privilege(%s, p.oid, 'EXECUTE')
ORDER BY 1
"""


def number_of(name: str) -> str:
    return f"00000000-0000-4000-8000-{[*PEOPLE, *STRANGERS].index(name):012d}"


def people_put(connection: psycopg.Connection[Any]) -> None:
    """What each role really may, and one person for each."""
    connection.execute("DELETE FROM role_permission")
    insert = "INSERT INTO role_permission (role, permission) VALUES (%s, %s)"
    for allowed, permissions in ALLOWED.items():
        for permission in permissions:
            connection.execute(insert, [allowed, permission])
    for person, (role, lent) in {**PEOPLE, "elsewhere": ("directeur", None)}.items():
        tenant = B if person == "elsewhere" else A
        values: dict[str, Any] = {
            "id": number_of(person),
            "name": person,
            "role": role,
            "source": uuid_of(tenant),
        }
        given = [("governance_user", USER), ("source_role", ROLE)]
        if lent:
            values |= {"begins": lent[0], "ends": lent[1], "by": number_of("directeur")}
            given.append(("delegation", LOAN))
        for table, differs in given:  # like a row of the same tenant
            connection.execute(
                f"INSERT INTO {table}"
                f" SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || {differs})).*"
                f" FROM (SELECT * FROM {table} AS t WHERE t::text ~ %(mark)s LIMIT 1) AS t",
                values | {"mark": MARK[tenant]},
            )


def asked(person: str) -> Identity:
    acting = "" if person == "nobody" else number_of(person)
    name = {"elsewhere": B, "nobody": NOBODY}.get(person, A)
    return Identity(name, {"governance.user_id": acting, "governance.system": ""})


def test_everybody_on_every_table_column_and_function(console_copy: ConsoleCopy) -> None:
    schema, copy = console_copy.schema, console_copy.copy
    with copy.connect(ROOT) as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        people_put(connection)
        connection.execute("SET LOCAL session_replication_role = origin")
        owned = tenant_tables(schema)
        trier = Trier(connection, schema, console_copy.rows, owned, copy.broken, sees_all=ROOT)
        tables_and_verbs(trier)
        columns(trier)
        functions(connection)


def tables_and_verbs(trier: Trier) -> None:
    reached: dict[str, dict[str, set[str]]] = {}
    across, judged, nobodys = set(), set(), set()
    for relation in trier.schema.relations.values():
        right = trier.schema.rights.get((APP, relation.full_name))
        if right is None:
            assert not registry().tables[relation.name]  # the owner's alone
            continue
        if relation.full_name not in trier.owned:
            nobodys.add(relation.name)
            continue
        found = reached.setdefault(relation.name, {})
        target = target_of(trier.schema, relation, trier.rows, is_blind=True)
        trier.remember(relation)
        for person in (*PEOPLE, *STRANGERS):
            tried = Tried(APP, relation)
            trier.somebody_tries(tried, asked(person), target, right)
            for verb, state in tried.states.items():
                if state == UNSURE:
                    judged.add((relation.name, verb))
                elif state != REFUSED:
                    found.setdefault(verb, set()).add(person)
                if state == LEAKS:
                    across.add((relation.name, verb, person))
    differ = {name: (reached.get(name), REACHED.get(name)) for name in {*reached, *REACHED}}
    assert not (
        wrong := "\n".join(
            f"{name}: {now} {said}" for name, (now, said) in sorted(differ.items()) if now != said
        )
    ), wrong
    assert (across, judged, nobodys) == (ACROSS, JUDGED, NOBODYS)


def columns(trier: Trier) -> None:
    """Whatever may be selected is selected whole, but that the queue of jobs is not this test's."""
    for name, rights in registry().tables.items():
        right = trier.schema.rights.get((APP, f"public.{name}"))
        listed = [one.name for one in trier.schema.relations[f"public.{name}"].columns]
        assert (right.readable if right else []) == (listed if "SELECT" in rights else [])


def functions(connection: psycopg.Connection[Any]) -> None:
    """With the other source's values as arguments nobody of the first is told anything of it."""
    named, told = set(), set()
    for name, volatility, types in connection.execute(CALLABLE, [APP]).fetchall():
        if name not in registry().functions:
            assert name == "uuid_generate_v4"  # a copy's stand-in
            continue
        named.add(name)
        if volatility == "i" or name.startswith(QUEUE):  # reads no table; is the queue's
            continue
        call = sql.SQL("SELECT string_agg(x::text, ' ') ~ {} FROM {}({}) AS x").format(
            sql.Literal(MARK[B]), sql.Identifier(name), sql.SQL(", ").join(map(argument, types))
        )
        for person in (*PEOPLE, "nobody"):
            connection.execute("SAVEPOINT called; " + "; ".join(frame(APP, asked(person))))
            try:
                row = connection.execute(call).fetchone()
                if row and row[0]:
                    told.add(name)
            except psycopg.errors.UndefinedFunction:
                raise  # called by arguments that it has not
            except psycopg.Error:
                pass  # refused
            finally:
                connection.execute("ROLLBACK TO SAVEPOINT called")
    assert told == TELLS
    assert named == set(registry().functions) - {"alert_merge"}  # adds up what it is given


def argument(type_: str) -> sql.Composed:
    """The other source's value of a type."""
    category = "S" if type_ == "text" else "A" if type_.endswith("[]") else "U"
    category = "D" if "time" in type_ else category
    column = Column("value", type_, category, None, False, False, False, None)
    value = sql.Literal(values_of(column, B, 0)[0])
    return sql.SQL("{}::{}").format(value, sql.SQL(type_))
