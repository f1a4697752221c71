"""The values of two tenants in every type: each tells whose it is, and no two tenants share one."""

import json
import re
from datetime import date, timedelta
from typing import Any

from governance.access.row_security.schema import Column

A, B, NOBODY, RANDOM = "tenant A", "tenant B", "none", "random"
LETTER = {A: "a", B: "b", RANDOM: "c"}
DIGIT = {A: 1, B: 2, RANDOM: 3}
# What numbers begin at, by type: 1201 and 1100201 are B's.
INTEGERS = {"smallint": 1_000, "integer": 1_100_000, "bigint": 1_100_000, "numeric": 1_100_000}
NUMBERS = {*INTEGERS, "real", "double precision"}
GONE = re.compile(r"(?i)delet|archiv|revok|remov|disabl|bann|left|ended|suspend|cancel")
LATER = re.compile(r"(?i)expir|until|end|valid_to|due")


def uuid_of(tenant: str, number: int = 0) -> str:
    letter = LETTER[tenant]
    return f"{letter * 8}-{letter * 4}-4{letter * 3}-8{letter * 3}-{number:012d}"


def number_of(tenant: str, number: int, type_: str) -> int:
    return INTEGERS.get(type_, 1_100_000) + DIGIT[tenant] * 100 + number


# Tells a tenant's values in a row's text, in PostgreSQL's dialect.
MARK = {
    tenant: rf"{LETTER[tenant] * 8}|\m(1{digit}0\d|1100{digit}0\d)\M"
    for tenant, digit in DIGIT.items()
}


def values_of(column: Column, tenant: str, number: int) -> list[Any]:  # noqa: PLR0911  # one per type
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
    if type_.startswith("time "):  # of the day
        return ["08:00", None]
    if column.category == "D":
        if GONE.search(column.name) and not column.not_null:
            return [None]
        before, after = (date.today() + timedelta(days=days) for days in (-30, 30))
        return [after] if LATER.search(column.name) else [before, after]
    if type_ in ("json", "jsonb"):
        return [
            json.dumps({"owner": text, "user_id": text, "tenant_id": text, "org_id": text}),
            "[]",
            "{}",
        ]
    if column.category == "A":
        element = Column(column.name, type_.removesuffix("[]"), "S", None, True, False, False, None)
        return (
            [[values_of(element, tenant, number)[0]]]
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
