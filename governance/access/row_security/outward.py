"""Which relations are left alone on the database itself: using them does what no rollback undoes.

Sequences, advisory locks of a session, files, other databases and the web are outside of a transaction, and
so is a role that is taken back. Texts tell what a trigger, a default or a condition calls; of a statement
that is composed when it runs nothing is known, and it counts as well.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from governance.access.row_security.schema import Schema

LANGUAGES = ("sql", "plpgsql", "internal")
OUTSIDE = (
    r"\b(nextval|setval|pg_(try_)?advisory_(lock|unlock)\w*|lo_(im|ex)port|pg_(read|ls|stat|file)_\w+|"
    r"pg_logical_emit_message|pg_(terminate|cancel)_backend|pg_reload_conf|pg_switch_wal|pg_rotate_logfile|"
    r"pg_stat_reset\w*|pg_create_\w+|pg_drop_replication_slot|pg_replication_\w+|pg_promote|"
    r"pg_export_snapshot|query_to_xml\w*|database_to_xml\w*|schema_to_xml\w*|table_to_xml|cursor_to_xml)\s*\("
)
COMPOSED = r"\bexecute\b(?!\s+(function|procedure|on)\b)"
BECOMES = (
    r"\b(re)?set\s+(local\s+|session\s+)*(role|session\s+authorization)\b|set_config\s*\(\s*'role'"
)
COPIES = r"\bcopy\b[^;]*\b(from|to)\b"
STEP_DEFAULT, STEP_OWNERS = 50, 80
PLAIN_NUMBER = re.compile(r"SET DEFAULT nextval\('[^']*'::regclass\)$")


def left_alone(schema: Schema, functions: Iterable[str]) -> dict[str, str]:
    """Why, by full name. `functions`: those of extensions that may do anything."""
    reason = _("s’en servir agit hors de la transaction : %(what)s")
    words = [OUTSIDE, COMPOSED, BECOMES, COPIES, *map(_called, functions)]
    found = {
        one.full_name: reason % {"what": _("table étrangère")}
        for one in schema.relations.values()
        if one.kind == "f"
    }
    texts = [
        (relation.replace('"', ""), text)
        for step, relation, text in schema.statements
        if relation
        and step < STEP_OWNERS
        # A number that is given takes none from the sequence.
        and not (step == STEP_DEFAULT and PLAIN_NUMBER.search(text))
    ]
    outward = {one.name for one in schema.functions if one.language not in LANGUAGES}
    found |= {view: reason % {"what": "nextval"} for view in _numbered_views(schema)}
    while True:
        pattern = re.compile(
            "|".join([*words, *map(_called, outward), *map(_written, found)]), re.IGNORECASE
        )
        more = {one.name for one in schema.functions if pattern.search(one.text)} - outward
        hit = {
            name: reason % {"what": match[0][:60]}
            for name, text in texts
            if name not in found and (match := pattern.search(text))
        }
        hit |= {
            key.target: reason % {"what": one.full_name}
            for one in schema.relations.values()
            for key in one.constraints
            if one.full_name in found and key.target and key.target not in found
        }
        if not more and not hit:
            return found
        outward |= more
        found = {**hit, **found}


def _called(name: str) -> str:
    return rf"\b{re.escape(name)}\"?\s*\("


def _written(relation: str) -> str:
    schema, _dot, name = map(re.escape, relation.partition("."))
    return (
        r"\b(insert\s+into|update|delete\s+from|merge\s+into|truncate(\s+table)?)\s+(only\s+)?"
        rf"(\"?{schema}\"?\.)?\"?{name}\b"
    )


def _numbered_views(schema: Schema) -> Iterable[str]:
    """Views through which a row gets its number from a sequence: they do not show the column."""
    numbered = {
        (relation.replace('"', ""), text)
        for step, relation, text in schema.statements
        if relation and (step == STEP_DEFAULT and PLAIN_NUMBER.search(text))
    }
    for view in schema.relations.values():
        shown = {column.name for column in view.columns}
        for below in view.reads if view.kind == "v" else ():
            for name, text in numbered:
                column = re.search(r'ALTER COLUMN "?(.+?)"? SET DEFAULT', text)
                if name == below and column and column[1] not in shown:
                    yield view.full_name
