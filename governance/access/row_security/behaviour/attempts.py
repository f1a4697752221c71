"""Tries, as every exposed role and identity, every verb on every relation, and tells whose rows were reached.

Each try is undone. What PostgreSQL refuses is refused; what fails for any other reason was not tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import errors, sql

from governance.access.row_security.behaviour.invent import (
    Identity,
    Rows,
    identities,
    telling_columns,
)
from governance.access.row_security.behaviour.rebuild import INVENTOR, SEARCH_PATH, STRANGER
from governance.access.row_security.behaviour.values import MARK, NOBODY, A, B
from governance.access.row_security.findings import LEAK, Finding, Unknown
from governance.access.row_security.schema import PUBLIC, VERBS, Relation, Right, Schema
from governance.access.row_security.statements import Target, Try, others, target_of

# States of a cell, the worse last.
REFUSED, OWN, UNSURE, LEAKS = "refused", "own", "unknown", "leak"
STATES = (REFUSED, OWN, UNSURE, LEAKS)
NO = (errors.InsufficientPrivilege, errors.RaiseException, errors.ObjectNotInPrerequisiteState)
# A condition that fails for want of an identity opens nothing.
NOBODY_THERE = (
    errors.UndefinedObject,
    errors.InvalidTextRepresentation,
    errors.InvalidParameterValue,
)


@dataclass
class Tried:
    """What one role may do to one relation, by verb."""

    role: str
    relation: Relation
    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys(VERBS, REFUSED))
    findings: list[Finding] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    tries: int = 0

    def worsen(self, verb: str, state: str) -> None:
        self.states[verb] = max(self.states[verb], state, key=STATES.index)

    def leaks(self, identity: Identity, one: Try, count: int) -> None:
        self.worsen(one.verb, LEAKS)
        lines = ["BEGIN", *frame(self.role, identity), one.text, "ROLLBACK"]
        self.findings.append(
            Finding(
                LEAK,
                self.relation.full_name,
                f"{self.role} ({identity.name}) {one.verb}",
                self.role,
                identity.name,
                one.verb,
                count,
                ";\n".join(lines) + ";",
            )
        )

    def is_unsure(self, verb: str, reason: str) -> None:
        self.worsen(verb, UNSURE)
        unknown = Unknown(self.relation.full_name, " ".join(reason.split()), self.role, verb)
        if unknown not in self.unknowns:
            self.unknowns.append(unknown)

    def has_leaked(self, identity: Identity, verb: str) -> bool:
        return any(one.verb == verb and one.identity == identity.name for one in self.findings)


@dataclass
class Trier:
    """Tries on one connection whose own role may become every exposed one."""

    connection: psycopg.Connection[Any]
    schema: Schema
    rows: Mapping[str, Rows]
    owned: set[str]  # relations whose rows belong to somebody
    broken: Mapping[str, str]
    sees_all: str = INVENTOR  # the role that row security does not bind
    is_blind: bool = True
    # What there is of others while nothing was tried, by relation and by who they are.
    _before: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)

    def role_on(self, role: str, relation: Relation) -> Tried | None:
        """Everything that `role` may try on `relation`; None where it has no right at all."""
        right = self.schema.rights.get((role, relation.full_name))
        if right is None or not set(right.verbs) & set(VERBS):
            return None
        tried = Tried(role, relation)
        if reason := self._impossible(relation):
            for verb in set(right.verbs) & set(VERBS):
                tried.worsen(verb, UNSURE)
            tried.unknowns.append(Unknown(relation.full_name, reason, role))
            return tried
        target = target_of(self.schema, relation, self.rows, is_blind=self.is_blind)
        if target.rows is None and relation.kind == "v":
            for verb in set(right.verbs) & set(relation.writable_by):
                tried.is_unsure(verb, _("rien ne dit quelle table cette vue écrit"))
        self.remember(relation)
        for identity in identities(self.schema, role):
            self.somebody_tries(tried, identity, target, right)
        if relation.full_name not in self.owned:
            self._nobodys(tried)
        if reason := self._empty(relation):
            for verb in VERBS:
                if verb in right.verbs and tried.states[verb] == REFUSED:
                    tried.is_unsure(verb, reason)
        return tried

    def _impossible(self, relation: Relation) -> str:
        if relation.kind == "f":
            return _("table étrangère : la copie n’a pas ses lignes")
        if relation.full_name in self.owned and relation.full_name in self.rows:
            rows = self.rows[relation.full_name]
            if not rows.is_whole:
                return rows.reason or _("aucune ligne n’a pu être inventée")
        names = [relation.full_name, *relation.reads]
        return next((self.broken[name] for name in names if name in self.broken), "")

    def _empty(self, relation: Relation) -> str:
        """Why a table, or one below a view, holds no row: then reaching none of them refuses nothing."""
        found = [
            self.rows[name] for name in (relation.full_name, *relation.reads) if name in self.rows
        ]
        return next((one.reason for one in found if not one.by_tenant), "")

    @staticmethod
    def _nobodys(tried: Tried) -> None:
        """What nobody owns cannot be somebody else's: open, and yet nothing told whether it may be."""
        tried.findings.clear()
        tried.unknowns.clear()
        if verbs := [verb for verb, state in tried.states.items() if state != REFUSED]:
            tried.states |= dict.fromkeys(verbs, UNSURE)
            reason = _("rien ne dit à qui sont ses lignes")
            name = tried.relation.full_name
            tried.unknowns.append(Unknown(name, reason, tried.role, ", ".join(verbs)))

    def somebody_tries(
        self, tried: Tried, identity: Identity, target: Target, right: Right
    ) -> None:
        """Everything that one identity may try on one relation."""
        stopped: dict[str, str] = {}
        become = "; ".join(frame(tried.role, identity))
        self.connection.execute(f"SAVEPOINT somebody; {become}; SAVEPOINT tried")
        for one in target.tries(right, identity.name):
            if tried.has_leaked(identity, one.verb):
                continue
            tried.tries += 1
            if reason := self._one(tried, identity, one):
                stopped.setdefault(one.verb, reason)
            elif not one.counts:
                stopped.pop(one.verb, None)  # another of its kind went through
        self.connection.execute("ROLLBACK TO SAVEPOINT somebody; RELEASE SAVEPOINT somebody")
        for verb, reason in stopped.items():
            tried.is_unsure(verb, reason)

    def _one(self, tried: Tried, identity: Identity, one: Try) -> str:
        """Try it; why it says nothing, where it does."""
        try:
            count, foreign = self._run(identity, one, tried.relation)
        except NO:
            reasons = [self._one(tried, identity, row) for row in one.singly]
            return next(filter(None, reasons), "")
        except psycopg.Error as error:
            # Row security answers before any constraint does: what a constraint stops, it had let pass.
            if isinstance(error, errors.IntegrityError) and one.counts and one.verb != "INSERT":
                tried.leaks(identity, one, 1)
                return ""
            if identity.name == NOBODY and isinstance(error, NOBODY_THERE):
                return ""
            is_own_row = one.verb == "INSERT" and not one.counts and identity.name in (A, B)
            if is_own_row and isinstance(error, errors.UniqueViolation):
                return ""
            return str(error.diag.message_primary or error)
        if foreign:
            tried.leaks(identity, one, foreign)
        elif count:
            tried.worsen(one.verb, OWN)
        return ""

    def _run(self, identity: Identity, one: Try, relation: Relation) -> tuple[int, int]:
        """Undo the try before, and run this: how many rows it reached, and how many are somebody else's."""
        cursor = self.connection.execute(f"ROLLBACK TO SAVEPOINT tried; {one.text}")
        cursor.nextset()
        if one.verb == "SELECT":
            found = dict(cursor.fetchall())
            foreign = sum(found.get(tenant, 0) for tenant in others(identity.name))
            if not self.is_blind and relation.full_name in self.owned:
                foreign += found.get("", 0)  # a row of none of ours is somebody's
            return sum(found.values()), foreign
        count = cursor.rowcount
        if one.counts or not count:
            return count, count
        after = self._state(relation, others(identity.name))
        return count, int(after != self._before[relation.full_name, others(identity.name)])

    def remember(self, relation: Relation) -> None:
        """Look at what there is before anything is tried."""
        for them in ((A, B), (A,), (B,)):
            if (relation.full_name, them) not in self._before:
                self._before[relation.full_name, them] = self._state(relation, them)
        self.connection.execute("RESET ROLE")

    def _state(self, relation: Relation, them: tuple[str, ...]) -> Any:
        """What there is of others in a table, or in the tables below a view."""
        mark = sql.Literal("|".join(MARK[other] for other in them))
        parts = []
        for name in (relation.full_name, *relation.reads):
            if name not in self.rows:
                continue
            one = self.schema.relations[name]
            told = sorted(telling_columns(self.schema, one, self.owned))
            columns = told or [column.name for column in one.columns]
            parts.append(
                sql.SQL(
                    "SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text))"
                    " FROM {} AS t WHERE ROW({})::text ~ {}"
                ).format(
                    sql.Identifier(one.schema, one.name),
                    sql.SQL(", ").join(sql.Identifier("t", column) for column in columns),
                    mark,
                )
            )
        look = sql.SQL(" UNION ALL ").join(parts) if parts else sql.SQL("SELECT 1")
        become = sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(self.sees_all))
        cursor = self.connection.execute(sql.SQL("{}; {}").format(become, look))
        cursor.nextset()
        return cursor.fetchall()


def frame(role: str, identity: Identity) -> tuple[str, str]:
    """The statements that make the rest of a transaction somebody's."""
    become = sql.SQL("SET LOCAL ROLE {}").format(
        sql.Identifier(STRANGER if role == PUBLIC else role)
    )
    settings = sql.SQL(", ").join(
        sql.SQL("pg_catalog.set_config({}, {}, true)").format(sql.Literal(key), sql.Literal(value))
        for key, value in {**identity.settings, "search_path": SEARCH_PATH}.items()
    )
    return f"SELECT {settings.as_string()}", become.as_string()
