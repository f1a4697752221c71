"""What a schema's text alone shows: rights, policies and functions that hold nobody back. Tries nothing."""

import re
from collections.abc import Callable, Iterable, Iterator

from governance.access.row_security.findings import Finding
from governance.access.row_security.schema import (
    PUBLIC,
    VERBS,
    Policy,
    Relation,
    Schema,
)

COMMANDS = {"ALL": set(VERBS)} | {verb: {verb} for verb in VERBS}
TRUE = re.compile(r"\(*\s*(true|1 = 1|'t'::boolean|NOT false|\(1 > 0\))\s*\)*", re.IGNORECASE)
SAME = re.compile(r"\(*([\w.\"]+) = \1\)*")
OF_METADATA = re.compile(r"user_metadata|raw_user_meta_data")
NOBODY = r"(?:{who})[^=]*?IS NULL"
# Superusers that a hosting provider keeps for itself, and Supabase's own.
PROVIDERS = re.compile(
    r"^(postgres|rdsadmin|cloudsqladmin|cloudsql.*|azuresu|azure_.*|supabase_.*|alloydb.*|pgserver)$"
)


def text_findings(schema: Schema) -> list[Finding]:
    """All that can be told without trying."""
    parts: tuple[Callable[[Schema], Iterable[Finding]], ...] = (
        _policies,
        _tables,
        _views,
        _functions,
        _grants,
        _roles,
    )
    return [finding for part in parts for finding in part(schema)]


def _policies(schema: Schema) -> Iterator[Finding]:
    for one in schema.policies:
        relation = schema.relations.get(one.table)
        if relation is None or one.schema not in schema.schemas:
            continue
        name = f"{one.table}.{one.name}"
        if PUBLIC in one.roles:
            yield Finding("RLS_PUBLIC_POLICY", name, f"FOR {one.command} TO PUBLIC")
        if not schema.is_for_exposed(one):
            continue
        if one.is_permissive and (told := _always_true(one)):
            yield Finding("RLS_ALWAYS_TRUE", name, told)
        if OF_METADATA.search(one.text):
            yield Finding("RLS_USER_METADATA", name, one.text.strip())
        if one.is_permissive and _true_for_nobody(schema, one):
            yield Finding("RLS_TRUE_WITHOUT_IDENTITY", name, one.text.strip())


def _always_true(policy: Policy) -> str:
    for word, text in (("USING", policy.using), ("WITH CHECK", policy.checking)):
        for part in _alternatives(text):
            if TRUE.fullmatch(part) or SAME.fullmatch(part):
                return f"{word} ({text})"
    return ""


def _alternatives(text: str) -> list[str]:
    """The parts of an OR that stands outermost; the text itself when none does."""
    bare = text.strip()
    while bare.startswith("(") and _closes(bare) == len(bare) - 1:
        bare = bare[1:-1].strip()
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and bare.startswith(" OR ", at):
            parts.append(bare[start:at].strip())
            start = at + 4
    return [*parts, bare[start:].strip()]


def _closes(text: str) -> int:
    depth = 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return at
    return -1


def _true_for_nobody(schema: Schema, policy: Policy) -> bool:
    who = re.compile(NOBODY.format(who=schema.identity_words.pattern), re.DOTALL)
    return any(
        who.search(part) and " AND " not in part
        for text in (policy.using, policy.checking)
        for part in _alternatives(text)
    )


def _tables(schema: Schema) -> Iterator[Finding]:
    for one in schema.reachable:
        if not one.is_table:
            continue
        policies = schema.by_table.get(one.full_name, [])
        held = _held(schema, one)
        if not one.is_secured and policies:
            names = ", ".join(policy.name for policy in policies)
            yield Finding("RLS_POLICY_UNUSED", one.full_name, names)
        if not one.is_secured and held:
            yield Finding("RLS_DISABLED", one.full_name, held)
        if one.is_secured and not policies and held and not one.is_partition:
            yield Finding("RLS_NO_POLICY", one.full_name, held)
        owner = schema.roles.get(one.owner)  # none of PostgreSQL's own roles
        is_free = owner is not None and owner.can_login and not owner.bypasses
        if one.is_secured and not one.is_forced and is_free:
            yield Finding("RLS_NOT_FORCED", one.full_name, f"OWNER {one.owner} LOGIN")


def _held(schema: Schema, relation: Relation) -> str:
    """What exposed roles may do with it, in words: `anon SELECT; authenticated SELECT, INSERT`."""
    return "; ".join(
        f"{role} {', '.join(right.verbs)}"
        for role in (*schema.exposed, PUBLIC)
        if (right := schema.rights.get((role, relation.full_name))) and right.verbs
    )


def _views(schema: Schema) -> Iterator[Finding]:
    for one in schema.reachable:
        held = _held(schema, one)
        if not held or one.is_table:
            continue
        if one.kind in "mf":
            yield Finding("RLS_UNPROTECTABLE", one.full_name, held)
        below = _below(schema, one)
        if "auth.users" in below:
            yield Finding("RLS_AUTH_USERS_EXPOSED", one.full_name, held)
        asks = any(
            text in one.options
            for text in ("security_invoker=true", "security_invoker=on", "security_invoker=1")
        )
        guarded = any((found := schema.relations.get(name)) and found.is_secured for name in below)
        if one.kind == "v" and not asks and guarded and not _is_bound(schema, one, one.owner):
            yield Finding("RLS_VIEW_AS_OWNER", one.full_name, f"OWNER {one.owner}; {held}")


def _is_bound(schema: Schema, view: Relation, owner: str) -> bool:
    """Whether row security binds the owner of a view on everything secured that the view reads."""
    if owner not in schema.roles or schema.roles[owner].bypasses:
        return False
    tables = [schema.relations[name] for name in _below(schema, view) if name in schema.relations]
    return all(one.is_forced or one.owner != owner for one in tables if one.is_secured)


def _below(schema: Schema, view: Relation) -> set[str]:
    found: set[str] = set()
    waiting = list(view.reads)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if relation := schema.relations.get(name):
                waiting += relation.reads
    return found


def _functions(schema: Schema) -> Iterator[Finding]:
    for one in schema.functions:
        if not one.is_definer or one.schema not in schema.schemas:
            continue
        path = next((text for text in one.settings if text.startswith("search_path=")), None)
        if path is None:
            yield Finding("RLS_DEFINER_SEARCH_PATH", one.signature, f"OWNER {one.owner}")
        if not one.is_trigger and {PUBLIC, "anon"} & set(one.callers):
            yield Finding(
                "RLS_DEFINER_PUBLIC",
                one.signature,
                f"EXECUTE TO {', '.join(sorted({PUBLIC, 'anon'} & set(one.callers)))}",
            )


def _grants(schema: Schema) -> Iterator[Finding]:
    """Rights of strangers that no policy made for them asks for; row security off is a finding of its own."""
    for role in (PUBLIC, *(name for name in schema.exposed if name == "anon")):
        for one in schema.reachable:
            right = schema.rights.get((role, one.full_name))
            if right is None or not one.is_table or one.is_partition or not one.is_secured:
                continue
            wanted: set[str] = set().union(
                *(
                    COMMANDS[policy.command]
                    for policy in schema.by_table.get(one.full_name, [])
                    if policy.is_permissive and role in policy.roles
                )
            )
            extra = [verb for verb in right.verbs if verb not in wanted]
            if extra:
                yield Finding(
                    "RLS_GRANT_PUBLIC", one.full_name, f"{role.upper()}: {', '.join(extra)}"
                )


def _roles(schema: Schema) -> Iterator[Finding]:
    for one in schema.roles.values():
        if (
            one.can_login
            and one.bypasses
            and not one.is_bootstrap
            and not PROVIDERS.match(one.name)
        ):
            word = "SUPERUSER" if one.is_superuser else "BYPASSRLS"
            yield Finding("RLS_BYPASS_LOGIN", one.name, f"LOGIN {word}")
    owners = {one.owner for one in schema.relations.values() if one.is_secured}
    for name in schema.exposed:
        strong = [
            other
            for other in schema.roles[name].member_of
            if schema.roles[other].bypasses or other in owners
        ]
        if strong or schema.roles[name].bypasses:
            yield Finding("RLS_ROLE_ESCALATION", name, f"MEMBER OF {', '.join(strong) or name}")
