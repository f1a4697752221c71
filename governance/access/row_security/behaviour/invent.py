"""Invents rows of two tenants and the identities that ask for them; the database's own checks judge the rows.

All names of one tenant are alike: each key, each reference and each owner of tenant A holds A's value of the
column's type, so a condition that compares any of them is met by A's rows for A and by no row of B.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any

import psycopg
from psycopg import sql

from governance.access.row_security.behaviour.rebuild import INVENTOR, SEARCH_PATH, Copy
from governance.access.row_security.behaviour.values import (
    INTEGERS,
    LETTER,
    NOBODY,
    RANDOM,
    A,
    B,
    number_of,
    uuid_of,
    values_of,
)
from governance.access.row_security.schema import (
    PERSON_COLUMN,
    Column,
    Relation,
    Schema,
)

IDENTITIES = (NOBODY, RANDOM, A, B)
FRESH = 7  # the number of a row that nobody has yet
VARIANTS = 3
COMBINATIONS = 60
TRIES = 12
LITERAL = r"\b{name}\)?(?:::text)? = (?:ANY \(\(?ARRAY\[)?'([^']+)'"


@dataclass
class Rows:
    """The invented rows of one relation, each with its tenant; `reason` where there are none."""

    by_tenant: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    fresh: dict[str, dict[str, Any]] = field(default_factory=dict)
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        return all(self.by_tenant.get(tenant) for tenant in (A, B))


@dataclass(frozen=True)
class Identity:
    """Who asks: the settings that say so in a transaction."""

    name: str
    settings: Mapping[str, str]


def identities(schema: Schema, role: str) -> Iterator[Identity]:
    """Nobody, somebody unknown, and one person of each tenant, as the database reads them."""
    for name in IDENTITIES:
        claims: dict[str, Any] = {"role": role}
        values: dict[str, str] = {}
        if name != NOBODY:
            claims |= {"sub": uuid_of(name), "email": f"{uuid_of(name)}@example.invalid"}
            for claim in schema.claims:
                _put(claims, claim.path, _typed(name, claim.type))
            values = {one: str(_typed(name, schema.setting_type(one))) for one in schema.settings}
        yield Identity(
            name,
            {
                "request.jwt.claims": json.dumps(claims),
                "request.jwt.claim.sub": str(claims.get("sub", "")),
                "request.jwt.claim.role": role,
                "request.jwt.claim.email": str(claims.get("email", "")),
                **dict.fromkeys(schema.settings, ""),
                **values,
            },
        )


def _put(claims: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for key in above:
        claims = claims.setdefault(key, {})
    claims[last] = value


def _typed(tenant: str, type_: str) -> Any:
    type_ = {"int": "integer", "int4": "integer", "int8": "bigint"}.get(type_, type_)
    return number_of(tenant, 0, type_) if type_ in INTEGERS else uuid_of(tenant)


def tenant_tables(schema: Schema) -> set[str]:
    """Relations whose rows belong to somebody.

    By what their policies compare with who asks, by a column's name, by a key that leads to such a table; a
    view by what it reads.
    """
    found = {"auth.users"} & set(schema.relations)
    for one in schema.relations.values():
        conditions = [policy.text for policy in schema.by_table.get(one.full_name, [])]
        named = any(PERSON_COLUMN.match(column.name) for column in one.columns)
        if one.is_table and (named or any(_compared(schema, one, text) for text in conditions)):
            found.add(one.full_name)
    while True:
        more = {
            one.full_name
            for one in schema.relations.values()
            if any(key.target in found for key in one.constraints if key.kind == "f")
            or found & set(one.reads)
        } - found
        if not more:
            return found
        found |= more


def telling_columns(schema: Schema, relation: Relation, owned: set[str]) -> set[str]:
    """Columns of a table that say whose a row is."""
    found = {column.name for column in relation.columns if PERSON_COLUMN.match(column.name)}
    for key in relation.constraints:
        if key.kind == "f" and key.target in owned:
            found.update(key.columns or ())
    for policy in schema.by_table.get(relation.full_name, []):
        found |= _compared(schema, relation, policy.text)
    return found


def _compared(schema: Schema, relation: Relation, condition: str) -> set[str]:
    """Columns in a condition that asks who somebody is."""
    if not schema.identity_words.search(condition):
        return set()
    return {
        column.name
        for column in relation.columns
        if (column.type in {"uuid", *INTEGERS} or column.category in "SA")
        and re.search(rf"\b{re.escape(column.name)}\b", condition)
    }


def rows_invent(copy: Copy, schema: Schema) -> dict[str, Rows]:
    """Put rows of both tenants into every table of the copy."""
    with copy.connect(INVENTOR) as connection, connection.transaction():
        return rows_put(connection, schema, copy.broken)


def rows_put(
    connection: psycopg.Connection[Any], schema: Schema, broken: Mapping[str, str]
) -> dict[str, Rows]:
    """The same in the caller's transaction; triggers do not fire."""
    connection.execute(
        "SELECT set_config('session_replication_role', 'replica', true),"
        " set_config('search_path', %s, true)",
        [SEARCH_PATH],
    )
    owned = tenant_tables(schema)
    return {
        relation.full_name: _Inventor(connection, schema, relation, owned).fill()
        for relation in schema.relations.values()
        if relation.is_table and not relation.is_partition and relation.full_name not in broken
    }


@dataclass
class _Inventor:
    """Invents the rows of one table."""

    connection: psycopg.Connection[Any]
    schema: Schema
    relation: Relation
    owned: set[str]
    turn: dict[str, int] = field(default_factory=dict)  # which value of a column is tried now
    options: dict[str, list[Any]] = field(default_factory=dict)
    telling: set[str] = field(default_factory=set)

    def fill(self) -> Rows:
        relation, rows = self.relation, Rows()
        if relation.full_name in self.owned:
            self.telling = telling_columns(self.schema, relation, self.owned)
        self.options = {one.name: self._options(one) for one in relation.columns}
        for number, choice in enumerate(self._choices()):
            for tenant in (A, B):
                row, words = self._insert(tenant, number, choice)
                if row is not None:
                    rows.by_tenant.setdefault(tenant, []).append(row)
                elif not rows.reason:
                    rows.reason = words
        for tenant in (A, B, RANDOM):
            rows.fresh[tenant] = self._row(tenant, FRESH, self._choices()[0])
        return rows

    def _choices(self) -> list[dict[str, Any]]:
        """Which options the rows of one tenant take; of what nobody owns, such as a list of rights, all."""
        listed = {name: found for name, found in self.options.items() if found}
        if self.relation.full_name not in self.owned and listed:
            combined = islice(product(*listed.values()), COMBINATIONS)
            return [dict(zip(listed, values, strict=True)) for values in combined]
        count = min(max([1, *map(len, listed.values())]), VARIANTS)
        return [
            {name: found[number % len(found)] for name, found in listed.items()}
            for number in range(count)
        ]

    def _insert(
        self, tenant: str, number: int, choice: Mapping[str, Any]
    ) -> tuple[dict[str, Any] | None, str]:
        """Try until the table's own checks are content; each refusal turns the columns that it names."""
        words = ""
        for _attempt in range(TRIES):
            row = self._row(tenant, number, choice)
            try:
                with self.connection.transaction():
                    self.connection.execute(insert_text(self.relation, row))
            except psycopg.errors.CheckViolation as error:
                words = str(error.diag.message_primary)
                name = error.diag.constraint_name
                named = [one for one in self.relation.constraints if one.name == name]
                for column in (named[0].columns if named else None) or list(row):
                    self.turn[column] = self.turn.get(column, 0) + 1
            except psycopg.errors.UniqueViolation as error:
                # Of what nobody owns the row is there already; else a variant that has no place.
                is_there = self.relation.full_name not in self.owned
                return (row if is_there else None), str(error.diag.message_primary)
            except psycopg.Error as error:
                return None, str(error.diag.message_primary or error)
            else:
                return row, ""
        return None, words

    def _row(self, tenant: str, number: int, choice: Mapping[str, Any]) -> dict[str, Any]:
        relation = self.relation
        unique = {name for key in relation.keys("pu") for name in key}
        references = {name for key in relation.keys("f") for name in key}
        row = {}
        for column in relation.columns:
            if column.is_generated:
                continue
            at = self.turn.get(column.name, 0)
            if own := self.options[column.name]:
                row[column.name] = own[(own.index(choice[column.name]) + at) % len(own)]
                continue
            # A key of several columns names its owner in one of them: then only the others may differ.
            belongs = column.name in references or PERSON_COLUMN.match(column.name)
            alone = [column.name] in relation.keys("pu")
            place = number if column.name in unique and (alone or not belongs) else 0
            values = values_of(column, tenant, place)
            if column.type in ("json", "jsonb") and self._is_list(column):
                values = ["[]"]
            if column.category == "S" and column.name not in self.telling | unique | references:
                values = [LETTER[tenant] * 8, *values]
            row[column.name] = values[at % len(values)]
        return row

    def _options(self, column: Column) -> list[Any]:
        """What a column may hold, where that is a list: an enum, what checks and conditions say."""
        if column.labels:
            return list(column.labels)
        if column.category == "B":
            return [True, False]
        if column.category != "S" or column.name in ("id", *self.telling):
            return []
        pattern = LITERAL.format(name=re.escape(column.name))
        checks = [self.relation, *self.schema.relations.values()]
        for one in (one for relation in checks for one in relation.constraints):
            if one.kind == "c" and one.columns == [column.name] and re.search(pattern, one.text):
                return re.findall(r"'([^']*)'", one.text)
        if [column.name] in self.relation.keys("pu"):
            return []
        asked = [
            value
            for function in self.schema.functions
            if re.search(rf"\b{re.escape(column.name)} = [a-z_]+\b(?![.(])", function.text)
            for value in self._passed
        ]
        found = re.findall(pattern, self.schema.texts)
        return list(dict.fromkeys(asked + found))

    def _is_list(self, column: Column) -> bool:
        """Whether somebody takes a JSON value apart as a list."""
        words = rf"(recordset|array_elements|array_length)\w*\([\w.]*\b{re.escape(column.name)}\b"
        return re.search(words, self.schema.texts) is not None

    @property
    def _passed(self) -> list[str]:
        """Words that conditions hand to functions which tell who somebody is, such as the name of a right."""
        conditions = " ".join(policy.text for policy in self.schema.policies)
        names = "|".join(
            re.escape(one.name)
            for one in self.schema.functions
            if self.schema.identity_words.search(f"{one.name}(")
        )
        return re.findall(rf"\b(?:{names})\('([^']+)'", conditions) if names else []


def insert_text(relation: Relation, row: dict[str, Any]) -> str:
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(map(sql.Literal, row.values()))
    text = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(relation.schema, relation.name), names, values
    )
    return text.as_string()
