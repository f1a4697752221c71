"""Invents rows of two tenants and the identities that ask for them; the database's own checks judge the rows.

All names of one tenant are alike: each key, each reference and each owner of tenant A holds A's value of the
column's type, so a condition that compares any of them is met by A's rows for A and by no row of B.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from governance.access.row_security.rebuild import INVENTOR, SEARCH_PATH, Copy
from governance.access.row_security.schema import (
    PERSON_COLUMN,
    Column,
    Relation,
    Schema,
)

A, B, NOBODY, RANDOM = "tenant A", "tenant B", "none", "random"
IDENTITIES = (NOBODY, RANDOM, A, B)
FRESH = 7  # the number of a row that nobody has yet
VARIANTS = 3
TRIES = 12
LETTER = {A: "a", B: "b", RANDOM: "c"}
DIGIT = {A: 1, B: 2, RANDOM: 3}
# What numbers begin at, by type: 1201 and 1100201 are B's.
INTEGERS = {"smallint": 1_000, "integer": 1_100_000, "bigint": 1_100_000, "numeric": 1_100_000}
NUMBERS = {*INTEGERS, "real", "double precision"}
GONE = re.compile(r"(?i)delet|archiv|revok|remov|disabl|bann|left|ended|suspend|cancel")
LATER = re.compile(r"(?i)expir|until|end|valid_to|due")
LITERAL = r"\b{name}\)?(?:::text)? = (?:ANY \(\(?ARRAY\[)?'([^']+)'"


def uuid_of(tenant: str, number: int = 0) -> str:
    letter = LETTER[tenant]
    return f"{letter * 8}-{letter * 4}-4{letter * 3}-8{letter * 3}-{number:012d}"


def number_of(tenant: str, number: int, type_: str) -> int:
    return INTEGERS.get(type_, 1_100_000) + DIGIT[tenant] * 100 + number


# Tells a tenant's values in a row's text, in Python's dialect and PostgreSQL's.
MARK = {
    tenant: rf"{LETTER[tenant] * 8}|\m(1{digit}0\d|1100{digit}0\d)\M"
    for tenant, digit in DIGIT.items()
}


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
    return {
        relation.full_name: _fill(connection, schema, relation)
        for relation in schema.relations.values()
        if relation.is_table and not relation.is_partition and relation.full_name not in broken
    }


def _fill(connection: psycopg.Connection[Any], schema: Schema, relation: Relation) -> Rows:
    rows = Rows()
    options = {column.name: _options(schema, relation, column) for column in relation.columns}
    variants = min(max([1, *(len(one) for one in options.values())]), VARIANTS)
    turn: dict[str, int] = {}
    for number in range(variants):
        for tenant in (A, B):
            row, words = _insert(connection, relation, options, tenant, number, turn)
            if row is not None:
                rows.by_tenant.setdefault(tenant, []).append(row)
            elif not rows.reason:
                rows.reason = words
    for tenant in (A, B, RANDOM):
        rows.fresh[tenant] = _row(relation, options, tenant, FRESH, turn)
    return rows


def _insert(
    connection: psycopg.Connection[Any],
    relation: Relation,
    options: dict[str, list[Any]],
    tenant: str,
    number: int,
    turn: dict[str, int],
) -> tuple[dict[str, Any] | None, str]:
    """Try until the table's own checks are content; each refusal turns the columns that it names."""
    words = ""
    for _attempt in range(TRIES):
        row = _row(relation, options, tenant, number, turn)
        try:
            with connection.transaction():
                connection.execute(insert_text(relation, row))
        except psycopg.errors.CheckViolation as error:
            words = str(error.diag.message_primary)
            named = [one for one in relation.constraints if one.name == error.diag.constraint_name]
            for column in (named[0].columns if named else None) or list(row):
                turn[column] = turn.get(column, 0) + 1
        except psycopg.Error as error:
            return None, str(error.diag.message_primary or error)
        else:
            return row, ""
    return None, words


def insert_text(relation: Relation, row: dict[str, Any]) -> str:
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(map(sql.Literal, row.values()))
    text = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(relation.schema, relation.name), names, values
    )
    return text.as_string()


def _row(
    relation: Relation,
    options: dict[str, list[Any]],
    tenant: str,
    number: int,
    turn: Mapping[str, int],
) -> dict[str, Any]:
    unique = {name for key in relation.keys("pu") for name in key}
    references = {name for key in relation.keys("f") for name in key}
    row = {}
    for column in relation.columns:
        if column.is_generated:
            continue
        own = options[column.name]
        at = turn.get(column.name, 0)
        if own:
            row[column.name] = own[(number + at) % len(own)]
            continue
        # A key of several columns names its owner in one of them: then only the others may differ.
        belongs = column.name in references or PERSON_COLUMN.match(column.name)
        alone = [column.name] in relation.keys("pu")
        place = number if column.name in unique and (alone or not belongs) else 0
        values = _values(column, tenant, place)
        row[column.name] = values[at % len(values)]
    return row


def _options(schema: Schema, relation: Relation, column: Column) -> list[Any]:
    """What a column may hold, where that is a list: an enum, what checks and conditions compare it with, a truth."""
    if column.labels:
        return list(column.labels)
    if column.category == "B":
        return [True, False]
    if column.category == "S":
        pattern = LITERAL.format(name=re.escape(column.name))
        for one in relation.constraints:
            if one.kind == "c" and re.search(pattern, one.text):
                return re.findall(r"'([^']*)'", one.text)
        found = list(dict.fromkeys(re.findall(pattern, schema.texts)))
        if found and not PERSON_COLUMN.match(column.name) and column.name != "id":
            return found
    return []


def _values(column: Column, tenant: str, number: int) -> list[Any]:  # noqa: PLR0911  # one per type
    """Values for a column, the best first; a check that refuses one asks for the next."""
    text, type_ = uuid_of(tenant, number), column.type
    if type_ == "uuid":
        return [text]
    if type_ in NUMBERS:
        return [number_of(tenant, number, type_), DIGIT[tenant] + number, 0, 1, 50]
    if column.category == "S":
        email = f"{text}@example.invalid"
        short = f"{LETTER[tenant]}{number}"
        found = [
            text,
            email,
            short,
            short.upper(),
            "CD",
            "2026-01-01",
            f"https://{text}.example.invalid",
        ]
        if "mail" in column.name:
            found = [email, *found]
        if column.length:
            found = [one[: column.length] for one in found]
        return found
    if column.category == "D":
        if GONE.search(column.name) and not column.not_null:
            return [None]
        return ["2099-01-01"] if LATER.search(column.name) else ["2026-01-01", "2099-01-01"]
    if type_ in ("json", "jsonb"):
        return [
            json.dumps({"owner": text, "user_id": text, "tenant_id": text, "org_id": text}),
            "[]",
            "{}",
        ]
    if column.category == "A":
        element = Column(column.name, type_.removesuffix("[]"), "S", None, True, False, False, None)
        return (
            [[_values(element, tenant, number)[0]]]
            if type_ in ("uuid[]", "text[]")
            else [[number_of(tenant, number, element.type)] if element.type in INTEGERS else []]
        )
    others = {
        "bytea": text.encode(),
        "inet": f"10.0.0.{DIGIT[tenant]}",
        "cidr": f"10.0.{DIGIT[tenant]}.0/24",
        "macaddr": "08:00:2b:01:02:03",
        "interval": "1 day",
        "tsvector": text,
        "xml": f"<a>{text}</a>",
        "point": f"({DIGIT[tenant]},0)",
        "oid": DIGIT[tenant],
        "daterange": "[2026-01-01,2026-02-01)",
        "tstzrange": "[2026-01-01,2026-02-01)",
        "int4range": "[1,2)",
        "numrange": "[1,2)",
        "bit": "1",
    }
    return [others.get(type_)]
