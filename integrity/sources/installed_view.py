"""Owns what a database says about the checks view it holds: text, comment, rights, and undoing.

Reads only. The scan keeps the hash and the rule versions; the installer keeps what it replaces.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, TypeGuard

import psycopg
from psycopg import sql

from integrity.sources.catalogue import catalogue_reading
from integrity.sources.contract import VIEW

# Characters; ours has about forty for each rule, and each scan keeps what it says.
COMMENT_LIMIT = 50_000
WORD_LIMIT = 200
# Characters of a text that leave the source, so that nobody fills this console's memory with one.
TEXT_LIMIT = 2_000_000


@dataclass(frozen=True)
class InstalledView:
    """The relation named v_integrity_checks, whoever made it."""

    schema: str
    kind: str  # pg_class.relkind; `v` is a view
    definition: str  # its SELECT as PostgreSQL stores it, every name qualified
    columns: tuple[tuple[str, str], ...]  # name and type, in order
    options: tuple[str, ...]  # such as security_invoker=true
    owner: str
    grants: tuple[str, ...]  # statements that give others their rights again
    comment: str | None

    @property
    def definition_hash(self) -> str:
        """SHA-256 (hexadecimal) of the definition's UTF-8 text."""
        return hashlib.sha256(self.definition.encode()).hexdigest()

    @property
    def rule_versions(self) -> dict[str, str]:
        """Rule code -> version as the comment has it; empty for a view that we did not compile.

        A comment that names rules and neither of the two hashes is not one that we write.
        """
        if self.compiled_hash is None or self.installed_hash is None:
            return {}
        rules = self._comment().get("rules")
        if not isinstance(rules, dict) or not all(map(_is_word, [*rules, *rules.values()])):
            return {}
        return rules

    @property
    def compiled_hash(self) -> str | None:
        """compiler.definition_sha256 of the rules it was compiled from; None when we did not."""
        return self._word("definition_sha256")

    @property
    def installed_hash(self) -> str | None:
        """definition_hash when integrity_view had put it there; None when it did not."""
        return self._word("installed_sha256")

    @property
    def is_compiled_here(self) -> bool:
        """Whether it is, to the letter, what integrity_view put there from rules of ours."""
        return bool(self.rule_versions) and self.compiled_hash is not None and self._is_as_installed

    @property
    def _is_as_installed(self) -> bool:
        return self.installed_hash == self.definition_hash

    @property
    def drifted(self) -> bool:
        """True when it was compiled here and somebody has changed it since."""
        return self.installed_hash is not None and not self._is_as_installed

    def restore_sql(self, *, recreate: bool) -> str:
        """Statements that bring this view back over another; `recreate` when the columns differ."""
        lines = [f"DROP VIEW {VIEW};"] if recreate else []
        options = f" WITH ({', '.join(self.options)})" if self.options else ""
        lines.append(
            f"CREATE OR REPLACE VIEW {VIEW}{options} AS\n{self.definition.rstrip().rstrip(';')};"
        )
        comment = sql.Literal(self.comment).as_string(None).strip()
        lines.append(f"COMMENT ON VIEW {VIEW} IS {comment};")
        if recreate:
            lines += self.rights_sql()
        return "\n".join(lines)

    def rights_sql(self) -> list[str]:
        """Statements that give a view made anew the owner and the grants of this one."""
        owner = sql.Identifier(self.owner).as_string(None)
        return [f"ALTER VIEW {VIEW} OWNER TO {owner};", *self.grants]

    def _word(self, key: str) -> str | None:
        said = self._comment().get(key)
        return said if _is_word(said) else None

    def _comment(self) -> dict[str, Any]:
        if not self.comment or len(self.comment) > COMMENT_LIMIT:
            return {}
        try:
            comment = json.loads(self.comment)
        except (ValueError, RecursionError):
            return {}
        return comment if isinstance(comment, dict) else {}


def _is_word(said: object) -> TypeGuard[str]:
    """Whether it is a text that a hash, a code or a version may be: not every text of JSON can be stored."""
    return isinstance(said, str) and len(said) <= WORD_LIMIT and said.isprintable()


def view_installed(connection: psycopg.Connection[Any]) -> InstalledView | None:
    """What is installed under the view's name; None when nothing is, or nothing visible."""
    with catalogue_reading(connection, VIEW) as (cursor, view, _path):
        cursor.execute(
            """
            SELECT n.nspname, c.relkind::text, coalesce(c.reloptions, '{}'),
                   pg_get_userbyid(c.relowner), left(obj_description(c.oid, 'pg_class'), %s),
                   ARRAY(
                       SELECT format('GRANT %%s ON %%I TO %%s%%s;', acl.privilege_type, c.relname,
                                     coalesce(quote_ident(grantee.rolname), 'PUBLIC'),
                                     CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END)
                       FROM aclexplode(c.relacl) AS acl
                       LEFT JOIN pg_roles AS grantee ON grantee.oid = acl.grantee
                       WHERE acl.grantee <> c.relowner
                       ORDER BY 1
                   ),
                   ARRAY(
                       SELECT ARRAY[attname, format_type(atttypid, atttypmod)]
                       FROM pg_attribute
                       WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                       ORDER BY attnum
                   )
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = %s
            """,
            [TEXT_LIMIT, view],
        )
        row = cursor.fetchone()
        if view is None or row is None:
            return None
        schema, kind, options, owner, comment, grants, columns = row
        return InstalledView(
            schema=schema,
            kind=kind,
            definition=view_definition(cursor, view) if kind in ("v", "m") else "",
            columns=tuple((name, type_) for name, type_ in columns),
            options=tuple(options),
            owner=owner,
            grants=tuple(grants),
            comment=comment,
        )


def view_definition(cursor: psycopg.Cursor[tuple[Any, ...]], oid: int | None) -> str:
    """A view's SELECT, inside of `catalogue_reading`; of one longer than any of ours a part and its hash."""
    cursor.execute(
        "SELECT CASE WHEN length(whole) <= %s THEN whole ELSE left(whole, %s) || ' sha256 of the whole '"
        " || encode(sha256(convert_to(whole, getdatabaseencoding())), 'hex') END"
        " FROM (SELECT pg_get_viewdef(%s::oid) AS whole OFFSET 0) AS stored",
        [TEXT_LIMIT, TEXT_LIMIT, oid],
    )
    (definition,) = cursor.fetchone() or ("",)
    return str(definition)
