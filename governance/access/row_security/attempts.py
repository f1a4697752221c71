"""Tries, as every exposed role and identity, every verb on every relation, and tells whose rows were reached.

Each try is undone. What PostgreSQL refuses is refused; what fails for any other reason was not tried.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors, sql

from governance.access.row_security.findings import LEAK, Finding, Unknown
from governance.access.row_security.invent import (
    MARK,
    NOBODY,
    RANDOM,
    A,
    B,
    Identity,
    Rows,
    identities,
    insert_text,
    telling_columns,
)
from governance.access.row_security.rebuild import INVENTOR, SEARCH_PATH, STRANGER
from governance.access.row_security.schema import PUBLIC, VERBS, Relation, Right, Schema

# States of a cell, the worse last.
REFUSED, OWN, UNSURE, LEAKS = "refused", "own", "unknown", "leak"
STATES = (REFUSED, OWN, UNSURE, LEAKS)
# Row security answers before any constraint does: what a constraint stops, row security had let pass.
LET_PASS = (errors.IntegrityError,)
NO = (errors.InsufficientPrivilege, errors.RaiseException, errors.ObjectNotInPrerequisiteState)
# A condition that fails for want of an identity opens nothing.
NOBODY_THERE = (
    errors.UndefinedObject,
    errors.InvalidTextRepresentation,
    errors.InvalidParameterValue,
)


@dataclass(frozen=True)
class Try:
    """One statement: whether a row that it counts is somebody else's, and whose rows may change otherwise."""

    verb: str
    text: str
    counts: bool = True  # each row that it touches is somebody else's


@dataclass
class Tried:
    """What one role may do to one relation, by verb."""

    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(VERBS, REFUSED))
    findings: list[Finding] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    tries: int = 0

    def worsen(self, verb: str, state: str) -> None:
        self.states[verb] = max(self.states[verb], state, key=STATES.index)


@dataclass
class Trier:
    """Tries on one connection whose own role may become every exposed one."""

    connection: psycopg.Connection[Any]
    schema: Schema
    rows: dict[str, Rows]
    owned: set[str]  # relations whose rows belong to somebody
    broken: dict[str, str]
    sees_all: str = INVENTOR  # the role that row security does not bind
    is_blind: bool = (
        True  # also statements that name no row: never where there are rows of real people
    )
    # What there is of others while nothing was tried, by relation and by who they are.
    _before: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)

    def role_on(self, role: str, relation: Relation) -> Tried | None:
        """Everything that `role` may try on `relation`; None where it has no right at all."""
        right = self.schema.rights.get((role, relation.full_name))
        if right is None or not set(right.verbs) & set(VERBS):
            return None
        tried = Tried()
        verbs = [verb for verb in VERBS if verb in right.verbs]
        if reason := self._impossible(relation):
            for verb in verbs:
                tried.worsen(verb, UNSURE)
            tried.unknowns.append(Unknown(relation.full_name, reason, role))
            return tried
        for others in ((A, B), (A,), (B,)):
            if (relation.full_name, others) not in self._before:
                self._before[relation.full_name, others] = self._state(relation, others)
        self.connection.execute("RESET ROLE")
        for identity in identities(self.schema, role):
            self._as(tried, role, identity, relation, right, verbs)
        if relation.full_name not in self.owned:
            self._nobodys(tried, role, relation)
        return tried

    def _impossible(self, relation: Relation) -> str:
        if relation.full_name in self.broken:
            return self.broken[relation.full_name]
        if relation.kind == "f":
            return "foreign table"
        if relation.is_table and not relation.is_partition:
            rows = self.rows.get(relation.full_name, Rows())
            if relation.full_name in self.owned and not rows.is_whole:
                return rows.reason or "no rows could be invented"
        below = [name for name in relation.reads if name in self.broken]
        return self.broken[below[0]] if below else ""

    def _nobodys(self, tried: Tried, role: str, relation: Relation) -> None:
        """What nobody owns cannot be somebody else's: readable, and yet nothing told whether it may be."""
        tried.findings.clear()
        tried.unknowns.clear()
        open_to = [verb for verb, state in tried.states.items() if state != REFUSED]
        for verb in open_to:
            tried.states[verb] = UNSURE
        if open_to:
            tried.unknowns.append(
                Unknown(
                    relation.full_name, "nothing tells whose its rows are", role, ", ".join(open_to)
                )
            )

    def _as(
        self,
        tried: Tried,
        role: str,
        identity: Identity,
        relation: Relation,
        right: Right,
        verbs: list[str],
    ) -> None:
        self.connection.execute(f"SAVEPOINT somebody; {'; '.join(_frame(role, identity))}")
        for one in self._tries(relation, right, identity, verbs):
            if not _seen(tried, one.verb, identity):
                tried.tries += 1
                self._one(tried, role, identity, relation, one)
        self.connection.execute("ROLLBACK TO SAVEPOINT somebody; RELEASE SAVEPOINT somebody")

    def _tries(
        self, relation: Relation, right: Right, identity: Identity, verbs: list[str]
    ) -> Iterator[Try]:
        table = sql.Identifier(relation.schema, relation.name).as_string()
        if "SELECT" in verbs:
            yield Try("SELECT", _read(relation, right, table))
        rows = self.rows.get(relation.full_name) or self._rows_of_view(relation)
        if rows is None:
            return
        if "INSERT" in verbs:
            for other in _others(identity.name):
                row = rows.fresh[other]
                if right.writable or relation.is_table:
                    yield Try(
                        "INSERT",
                        insert_text(relation, _within(relation, row)),
                        counts=identity.name == NOBODY,
                    )
            if identity.name == NOBODY:
                empty = {
                    name: value
                    for name, value in rows.fresh[A].items()
                    if not (nullable := _nullable(relation, name)) or not nullable
                }
                yield Try("INSERT", insert_text(relation, _within(relation, empty)))
            elif identity.name in (A, B):
                yield Try(
                    "INSERT",
                    insert_text(relation, _within(relation, rows.fresh[identity.name])),
                    counts=False,
                )
        yield from self._changes(relation, right, identity, verbs, rows, table)

    def _changes(
        self,
        relation: Relation,
        right: Right,
        identity: Identity,
        verbs: list[str],
        rows: Rows,
        table: str,
    ) -> Iterator[Try]:
        key = _key(self._base(relation), rows, right)
        foreign = [row for other in _others(identity.name) for row in rows.by_tenant.get(other, [])]
        own = rows.by_tenant.get(identity.name, [])
        if "DELETE" in verbs:
            if key:
                yield Try("DELETE", f"DELETE FROM {table} WHERE {_where(key, foreign)}")
                if own:
                    yield Try(
                        "DELETE", f"DELETE FROM {table} WHERE {_where(key, own)}", counts=False
                    )
            if self.is_blind:
                yield Try("DELETE", f"DELETE FROM {table}", counts=False)
        if "UPDATE" not in verbs:
            return
        writable = [name for name in right.writable if name in rows.fresh[A]]
        base = self._base(relation)
        plain = [name for name in writable if not _is_key(base, name)] or writable
        mine = (own or [rows.fresh.get(identity.name, rows.fresh[RANDOM])])[0]
        takes = [
            name for name in plain if mine.get(name) is not None and not _is_alike(rows, name)
        ]
        # Changed for real where that can be: a trigger may let pass what changes nothing.
        same = sql.Identifier(plain[0]).as_string() if plain else ""
        change = _set(takes[-1:], mine) if takes else f"{same} = {same}"
        if key and plain:
            yield Try("UPDATE", f"UPDATE {table} SET {change} WHERE {_where(key, foreign)}")
            if own:
                where = _where(key, own)
                yield Try("UPDATE", f"UPDATE {table} SET {change} WHERE {where}", counts=False)
        if not self.is_blind:
            return
        # Taken over by whom asks, blindly; and one's own given to somebody else.
        mine = rows.by_tenant.get(
            identity.name, [rows.fresh.get(identity.name, rows.fresh[RANDOM])]
        )[0]
        takes = [name for name in plain if mine.get(name) is not None and not _is_alike(rows, name)]
        for names in dict.fromkeys((tuple(takes), tuple(takes[:1]))):
            if names:
                yield Try("UPDATE", f"UPDATE {table} SET {_set(names, mine)}", counts=False)
        theirs = next(iter(foreign), None)
        if own and theirs and takes:
            # Without a WHERE no SELECT policy is asked about the new row.
            yield Try("UPDATE", f"UPDATE {table} SET {_set(takes, theirs)}", counts=False)

    def _base(self, relation: Relation) -> Relation:
        """The table itself, or the one that a view reads."""
        tables = [name for name in relation.reads if name in self.rows]
        return self.schema.relations[tables[0]] if len(tables) == 1 else relation

    def _rows_of_view(self, relation: Relation) -> Rows | None:
        """Rows as a view shows them, when it reads one table whose columns it keeps."""
        tables = [self.rows[name] for name in relation.reads if name in self.rows]
        if len(tables) != 1 or relation.kind != "v" or not tables[0].is_whole:
            return None
        names = {column.name for column in relation.columns}

        def cut(row: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in row.items() if name in names}

        return Rows(
            {tenant: [cut(row) for row in found] for tenant, found in tables[0].by_tenant.items()},
            {tenant: cut(row) for tenant, row in tables[0].fresh.items()},
        )

    def _one(
        self, tried: Tried, role: str, identity: Identity, relation: Relation, one: Try
    ) -> None:
        try:
            count, foreign = self._run(identity, one, relation)
        except NO:
            return
        except LET_PASS as error:
            if one.verb != "INSERT" and one.counts:
                self._leak(tried, role, identity, relation, one, 1)
            elif one.counts or (one.verb == "INSERT" and identity.name not in (A, B)):
                self._not_tried(tried, role, relation, one, error)
            return
        except psycopg.Error as error:
            if identity.name == NOBODY and isinstance(error, NOBODY_THERE):
                return
            if one.counts or one.verb == "INSERT":
                self._not_tried(tried, role, relation, one, error)
            return
        if foreign:
            self._leak(tried, role, identity, relation, one, foreign)
        elif count:
            tried.worsen(one.verb, OWN)

    def _run(self, identity: Identity, one: Try, relation: Relation) -> tuple[int, int]:
        """Run it and undo it: how many rows it reached, and how many of them are somebody else's."""
        try:
            cursor = self.connection.execute(f"SAVEPOINT tried; {one.text}")
            cursor.nextset()
            if one.verb == "SELECT":
                found = dict(cursor.fetchall())
                others = sum(found.get(tenant, 0) for tenant in _others(identity.name))
                if not self.is_blind and relation.full_name in self.owned:
                    others += found.get("", 0)  # a row of none of ours is somebody's
                return sum(found.values()), others
            count = cursor.rowcount
            if one.counts or not count:
                return count, count
            after = self._state(relation, _others(identity.name))
            return count, int(after != self._before[relation.full_name, _others(identity.name)])
        finally:
            self.connection.execute("ROLLBACK TO SAVEPOINT tried")

    def _state(self, relation: Relation, others: tuple[str, ...]) -> Any:
        become = sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(self.sees_all)).as_string()
        cursor = self.connection.execute(f"{become}; {self._look(relation, others)}")
        cursor.nextset()
        return cursor.fetchall()

    def _look(self, relation: Relation, others: tuple[str, ...]) -> str:
        """What there is of others in a table, or in the tables below a view."""
        names = [relation.full_name, *relation.reads]
        tables = [self.schema.relations[name] for name in names if name in self.rows]
        mark = "|".join(MARK[other] for other in others)
        text = (
            "SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
            " FROM {} AS t WHERE ROW({})::text ~ {}"
        )
        parts = []
        for one in tables:
            told = telling_columns(self.schema, one, self.owned)
            names = sorted(told) or [column.name for column in one.columns]
            columns = sql.SQL(", ").join(sql.Identifier("t", name) for name in names)
            table = sql.Identifier(one.schema, one.name)
            parts.append(sql.SQL(text).format(table, columns, sql.Literal(mark)).as_string())
        return " UNION ALL ".join(parts) or "SELECT 1"

    def _leak(
        self, tried: Tried, role: str, identity: Identity, relation: Relation, one: Try, count: int
    ) -> None:
        tried.worsen(one.verb, LEAKS)
        statement = ";\n".join(["BEGIN", *_frame(role, identity), one.text, "ROLLBACK"]) + ";"
        tried.findings.append(
            Finding(
                LEAK,
                relation.full_name,
                f"{role} ({identity.name}) {one.verb}",
                role,
                identity.name,
                one.verb,
                count,
                statement,
            )
        )

    @staticmethod
    def _not_tried(
        tried: Tried, role: str, relation: Relation, one: Try, error: psycopg.Error
    ) -> None:
        tried.worsen(one.verb, UNSURE)
        words = " ".join(str(error.diag.message_primary or error).split())
        unknown = Unknown(relation.full_name, words, role, one.verb)
        if unknown not in tried.unknowns:
            tried.unknowns.append(unknown)


def _frame(role: str, identity: Identity) -> tuple[str, str]:
    """The statements that make the rest of a transaction somebody's."""
    become = sql.SQL("SET LOCAL ROLE {}").format(
        sql.Identifier(STRANGER if role == PUBLIC else role)
    )
    settings = sql.SQL(", ").join(
        sql.SQL("pg_catalog.set_config({}, {}, true)").format(sql.Literal(key), sql.Literal(value))
        for key, value in {**identity.settings, "search_path": SEARCH_PATH}.items()
    )
    return f"SELECT {settings.as_string()}", become.as_string()


def _seen(tried: Tried, verb: str, identity: Identity) -> bool:
    return any(one.verb == verb and one.identity == identity.name for one in tried.findings)


def _others(identity: str) -> tuple[str, ...]:
    return tuple(tenant for tenant in (A, B) if tenant != identity)


def _read(relation: Relation, right: Right, table: str) -> str:
    """Rows that can be read, by the tenant whose values they hold."""
    names = [one.name for one in relation.columns if one.name in right.readable]
    row = ", ".join(sql.Identifier(name).as_string() for name in names)
    cases = " ".join(
        sql.SQL("WHEN r ~ {} THEN {}").format(sql.Literal(MARK[one]), sql.Literal(one)).as_string()
        for one in (B, A)
    )
    return (
        f"SELECT CASE {cases} ELSE '' END AS tenant, count(*) "
        f"FROM (SELECT ROW({row})::text AS r FROM {table}) AS t GROUP BY 1"
    )


def _within(relation: Relation, row: dict[str, Any]) -> dict[str, Any]:
    names = {column.name for column in relation.columns if not column.is_generated}
    return {name: value for name, value in row.items() if name in names and value is not None}


def _nullable(relation: Relation, name: str) -> bool:
    column = next((one for one in relation.columns if one.name == name), None)
    return column is not None and not column.not_null and not column.has_default


def _key(relation: Relation, rows: Rows, right: Right) -> str:
    """A readable column that no two tenants share a value of: a key before all others."""
    keys = [name for key in relation.keys("pu") for name in key]
    for name in [*keys, *rows.fresh[A]]:
        if name in right.readable and name in rows.fresh[A] and not _is_alike(rows, name):
            return name
    return ""


def _is_alike(rows: Rows, name: str) -> bool:
    mine = {str(row.get(name)) for row in rows.by_tenant.get(A, [])}
    theirs = {str(row.get(name)) for row in rows.by_tenant.get(B, [])}
    return bool(mine & theirs) or not mine or "None" in mine | theirs


def _is_key(relation: Relation, name: str) -> bool:
    return any(name in key for key in relation.keys("pu"))


def _where(key: str, rows: Iterable[dict[str, Any]]) -> str:
    values = sql.SQL(", ").join(sql.Literal(row[key]) for row in rows)
    return sql.SQL("{} IN ({})").format(sql.Identifier(key), values).as_string()


def _set(names: Iterable[str], row: dict[str, Any]) -> str:
    return ", ".join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(row[name])).as_string()
        for name in names
    )
