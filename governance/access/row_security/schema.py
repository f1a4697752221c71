"""What a database says of itself, read from its catalogues: roles, relations, policies, functions, rights.

Only reads, and judges nothing. The same reading serves the source and its copy, so that both can be compared.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from integrity.sources.connections import SourceError

SQL = Path(__file__).parents[1] / "sql" / "row_security"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Whoever holds nothing of his own: what PUBLIC may do, everybody may.
PUBLIC = "public"
CURRENT = "CURRENT_USER"  # as a reader: the role of the connection
# Supabase's door: its API speaks as these two, and as nobody else that row security binds.
API_ROLES = ("anon", "authenticated")
# A setting of the role `authenticator`: which schemas the API shows.
API_ALONE = "pgrst.db_schemas="
# Supabase's own schemas; `storage` is not among them, because its policies are the customer's.
OWN_SCHEMAS = frozenset(
    {
        *("auth", "extensions", "graphql", "graphql_public", "vault", "pgsodium", "pgsodium_masks"),
        *("realtime", "_realtime", "_analytics", "supabase_functions", "supabase_migrations"),
        *("cron", "net", "pgbouncer", "pgmq"),
    }
)
PERSON = (
    r"(user|owner|tenant|org|organi[sz]ation|account|company|team|workspace|customer|client|member|author|"
    r"profile|person|household|store|shop|creator|seller|buyer|patient|employee|sub|uid)"
)
# A setting that carries who acts, such as app.tenant_id; not what acts (`governance.system`).
PERSON_SETTING = re.compile(rf"(?i)(^|[._]){PERSON}(_?(id|uuid|uid|key))?$")
PERSON_COLUMN = re.compile(rf"(?i)^((created|owned|added)_by|{PERSON}(_?(id|uuid|uid|key|by))?)$")
SETTING = re.compile(r"current_setting\(\s*'([\w.]+)'")
# As PostgreSQL prints a condition, a column on either side; a name with a dot is the application's.
COMPARED = re.compile(
    r"\b[a-z_]\w*\)?(?:::\w+)? = \(*(?:\w+ ?\(+)*current_setting\(\s*'(\w+\.[\w.]+)'"
    r"|current_setting\(\s*'(\w+\.[\w.]+)'[^=<>]{0,60}?\) *(?:::\w+\)?)? = \(*[a-z_]"
)
# A claim of the token: auth.jwt() -> 'app_metadata' ->> 'org_id', with the type that it is made into.
CLAIM = re.compile(
    r"(?:jwt\(\)|request\.jwt\.claims'(?:::text)?(?:,\s*true)?\)+(?:::jsonb?)?)"
    r"(?:\s+AS\s+\w+)?[\s)]*((?:->>?\s*'\w+'(?:::text)?[\s)]*)+)"
    r"(?:[^=<>]{0,40}?::(uuid|bigint|integer|int[48]?|smallint|numeric)\b)?"
)
KEY = re.compile(r"'(\w+)'")


@dataclass(frozen=True)
class Role:
    name: str
    is_superuser: bool
    bypasses: bool
    can_login: bool
    is_bootstrap: bool
    member_of: list[str]
    settings: list[str]


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    category: str
    length: int | None
    not_null: bool
    has_default: bool
    is_generated: bool
    labels: list[str] | None
    is_settable: bool = True  # of a view: whether what it shows there can be changed


@dataclass(frozen=True)
class Constraint:
    name: str
    kind: str  # as pg_constraint has it: c, p, u, f
    columns: list[str] | None
    target: str | None
    text: str


@dataclass(frozen=True)
class Relation:
    schema: str
    name: str
    kind: str  # as pg_class has it: r, p, v, m, f
    owner: str
    is_secured: bool
    is_forced: bool
    is_partition: bool
    options: list[str]
    text: str
    columns: list[Column]
    constraints: list[Constraint]
    reads: list[str]  # full names of what a view reads
    writable_by: list[str]  # of a view: the verbs by which PostgreSQL writes it, or a trigger

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_table(self) -> bool:
        return self.kind in "rp"

    def keys(self, kinds: str) -> list[list[str]]:
        return [one.columns or [] for one in self.constraints if one.kind in kinds]


@dataclass(frozen=True)
class Policy:
    schema: str
    relation: str
    name: str
    is_permissive: bool
    roles: list[str]
    command: str
    using: str
    checking: str

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.relation}"

    @property
    def text(self) -> str:
        return f"{self.using} {self.checking}"


@dataclass(frozen=True)
class Function:
    schema: str
    name: str
    signature: str
    is_definer: bool
    settings: list[str]
    is_trigger: bool
    language: str
    text: str
    owner: str
    callers: list[str]


@dataclass(frozen=True)
class Right:
    role: str
    schema: str
    relation: str
    verbs: list[str]
    readable: list[str]
    writable: list[str]


@dataclass(frozen=True)
class Claim:
    """A value in the token that says whose rows somebody may see."""

    path: tuple[str, ...]
    type: str


@dataclass(frozen=True)
class Schema:
    """One database at one instant."""

    roles: dict[str, Role]
    relations: dict[str, Relation]
    policies: list[Policy]
    functions: list[Function]
    exposed: tuple[str, ...]  # roles that somebody outside speaks as; PUBLIC is always one
    rights: dict[tuple[str, str], Right]  # by role and relation
    usable: list[str]  # schemas that these roles may look into
    statements: list[tuple[int, str | None, str]] = field(repr=False)

    @cached_property
    def by_table(self) -> Mapping[str, list[Policy]]:
        found: dict[str, list[Policy]] = {}
        for policy in self.policies:
            found.setdefault(policy.table, []).append(policy)
        return found

    def is_for_exposed(self, policy: Policy) -> bool:
        """Whether a policy is for PUBLIC, or for somebody whom an exposed role is or may act as."""
        speaking = {PUBLIC, *self.exposed}
        speaking |= {other for name in self.exposed for other in self.roles[name].member_of}
        return bool(speaking & set(policy.roles))

    @cached_property
    def schemas(self) -> list[str]:
        """Those whose tables somebody outside reaches."""
        told = [
            part.strip()
            for role in self.roles.values()
            for setting in role.settings
            if setting.startswith(API_ALONE)
            for part in setting.removeprefix(API_ALONE).split(",")
        ]
        found = set(self.usable) - OWN_SCHEMAS
        return sorted(found & {*told, "storage"} if told else found)

    @cached_property
    def reachable(self) -> list[Relation]:
        """Relations of exposed schemas, each with or without rights of anybody."""
        return [one for one in self.relations.values() if one.schema in self.schemas]

    @cached_property
    def identity_words(self) -> re.Pattern[str]:
        """Finds in a condition what tells who asks: Supabase's functions, settings, and what calls these."""
        words = {r"auth\.uid\(", r"auth\.jwt\(", r"auth\.email\(", r"request\.jwt"}
        words |= {re.escape(f"'{name}'") for name in self.settings}
        pattern = re.compile("|".join(sorted(words)))
        while True:
            more = {
                rf"\b{re.escape(one.name)}\("
                for one in self.functions
                if one.schema != "auth" and pattern.search(one.text)
            }
            if more <= words:
                return pattern
            words |= more
            pattern = re.compile("|".join(sorted(words)))

    @cached_property
    def texts(self) -> str:
        return "\n".join(
            [
                *(policy.text for policy in self.policies),
                *(one.text for one in self.functions),
                *(one.text for one in self.relations.values()),
            ]
        )

    @cached_property
    def settings(self) -> list[str]:
        """Settings that say who asks: by their name, or because a policy compares a column with them."""
        compared = {
            name
            for policy in self.policies
            for names in COMPARED.findall(policy.text)
            for name in names
            if name
        }
        named = {name for name in SETTING.findall(self.texts) if PERSON_SETTING.search(name)}
        return sorted(name for name in named | compared if not name.startswith("request.jwt"))

    @cached_property
    def claims(self) -> list[Claim]:
        found = {
            Claim(tuple(KEY.findall(path)), type_ or "text")
            for path, type_ in CLAIM.findall(self.texts)
        }
        return sorted(
            (one for one in found if PERSON_SETTING.search(one.path[-1])),
            key=lambda one: (one.path, one.type),
        )

    def setting_type(self, name: str) -> str:
        """The type that a setting is made into, where the texts tell."""
        found = re.search(
            rf"'{re.escape(name)}'[^=<>]{{0,60}}?::(uuid|bigint|integer|int[48]?|smallint|numeric)\b",
            self.texts,
        )
        return found.group(1) if found else "uuid"


class UnknownRole(SourceError):
    """Roles that were asked for and that the database does not have."""


def schema_read(
    connection: psycopg.Connection[Any], *, roles: Iterable[str] = (), reader: str = ""
) -> Schema:
    """Read it in the caller's transaction. `roles`: who is exposed, instead of what the database shows.

    `reader`: the role that the console reads this database with, or CURRENT; nobody outside speaks as it.
    """
    connection.execute("SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)")
    by_name = {one.name: one for one in _rows(connection, "roles", Role)}
    relations = {
        f"{row['schema']}.{row['name']}": _relation(row)
        for row in connection.cursor(row_factory=dict_row).execute(_text("relations"))
    }
    policies = _rows(connection, "policies", Policy)
    exposed = tuple(roles) or _exposed(by_name, relations, policies, connection)
    if reader == CURRENT:
        (reader,) = connection.execute("SELECT current_user").fetchone() or ("",)
    if not roles:
        exposed = tuple(name for name in exposed if name != reader or name in API_ROLES)
    unknown = {*exposed, *filter(None, [reader])} - set(by_name)
    if unknown:
        raise UnknownRole(", ".join(sorted(unknown)))
    rights = _rows(connection, "rights", Right, {"roles": [*exposed, PUBLIC]})
    return Schema(
        roles=by_name,
        relations=relations,
        policies=policies,
        functions=_rows(connection, "functions", Function),
        exposed=exposed,
        rights={(one.role, f"{one.schema}.{one.relation}"): one for one in rights},
        usable=[
            name for (name,) in connection.execute(_text("schemas"), {"roles": [*exposed, PUBLIC]})
        ],
        statements=connection.execute(_text("objects")).fetchall(),
    )


def _exposed(
    roles: Mapping[str, Role],
    relations: Mapping[str, Relation],
    policies: Iterable[Policy],
    connection: psycopg.Connection[Any],
) -> tuple[str, ...]:
    """Supabase's two roles; else those that policies name, or that have rights on a table with policies.

    Never who owns a table, nor whom no policy binds.
    """
    if all(name in roles for name in API_ROLES):
        return API_ROLES
    owners = {one.owner for one in relations.values()}
    possible = [one.name for one in roles.values() if not one.bypasses and one.name not in owners]
    named = {role for one in policies for role in one.roles}
    secured = {one.table for one in policies}
    rights = _rows(connection, "rights", Right, {"roles": possible})
    touching = {one.role for one in rights if f"{one.schema}.{one.relation}" in secured}
    return tuple(name for name in possible if name in named or name in touching)


def _relation(row: dict[str, Any]) -> Relation:
    columns = [Column(**one) for one in row.pop("columns")]
    constraints = [Constraint(**one) for one in row.pop("constraints")]
    return Relation(**row, columns=columns, constraints=constraints)


def _rows(
    connection: psycopg.Connection[Any], name: str, kind: type[Any], values: Any = None
) -> list[Any]:
    cursor = connection.cursor(row_factory=class_row(kind))
    return cursor.execute(_text(name), values).fetchall()


def extension_functions(connection: psycopg.Connection[Any]) -> list[str]:
    """Names of what extensions bring that may do anything when it is called."""
    return [name for (name,) in connection.execute(_text("outward"))]


def _text(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
