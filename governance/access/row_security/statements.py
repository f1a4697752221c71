"""The statements that somebody may try on a relation, and whose rows each names; runs none of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from governance.access.row_security.behaviour.invent import Rows, insert_text
from governance.access.row_security.behaviour.values import MARK, NOBODY, RANDOM, A, B
from governance.access.row_security.schema import Relation, Right, Schema


@dataclass(frozen=True)
class Try:
    """One statement. `counts`: each row that it touches is somebody else's; else a look at these tells.

    `singly`: the same on one row each, for where a trigger refuses all because of one of them.
    """

    verb: str
    text: str
    counts: bool = True
    singly: tuple["Try", ...] = ()


@dataclass(frozen=True)
class Target:
    """A relation with the rows known of it. `base`: the table itself, or the one that a view reads."""

    relation: Relation
    base: Relation
    rows: Rows | None
    is_blind: bool  # also statements that name no row: never where there are rows of real people

    @property
    def table(self) -> str:
        return sql.Identifier(self.relation.schema, self.relation.name).as_string()

    def tries(self, right: Right, identity: str) -> Iterator[Try]:
        """Everything that this identity may try by these rights."""
        if "SELECT" in right.verbs:
            yield Try("SELECT", self._read(right))
        if self.rows is None:
            return
        if "INSERT" in right.verbs:
            yield from self._inserts(self.rows, identity)
        if "DELETE" in right.verbs:
            yield from self._deletes(self.rows, right, identity)
        if "UPDATE" in right.verbs:
            yield from self._updates(self.rows, right, identity)

    def _read(self, right: Right) -> str:
        """Rows that can be read, by the tenant whose values they hold."""
        names = [one.name for one in self.relation.columns if one.name in right.readable]
        cases = [
            sql.SQL("WHEN r ~ {} THEN {}").format(sql.Literal(MARK[one]), sql.Literal(one))
            for one in (B, A)
        ]
        query = sql.SQL(
            "SELECT CASE {cases} ELSE '' END AS tenant, count(*) "
            "FROM (SELECT ROW({columns})::text AS r FROM {table}) AS t GROUP BY 1"
        ).format(
            cases=sql.SQL(" ").join(cases),
            columns=sql.SQL(", ").join(map(sql.Identifier, names)),
            table=sql.Identifier(self.relation.schema, self.relation.name),
        )
        return query.as_string()

    def _inserts(self, rows: Rows, identity: str) -> Iterator[Try]:
        is_nobody = identity == NOBODY
        for other in others(identity):
            yield Try("INSERT", self._insert(rows.fresh[other]), counts=is_nobody)
        if is_nobody:
            needed = {one.name for one in self.relation.columns if one.not_null or one.has_default}
            mine = {name: value for name, value in rows.fresh[A].items() if name in needed}
            yield Try("INSERT", self._insert(mine or rows.fresh[A]))
        elif identity != RANDOM:
            yield Try("INSERT", self._insert(rows.fresh[identity]), counts=False)

    def _insert(self, row: Mapping[str, Any]) -> str:
        names = {column.name for column in self.relation.columns if not column.is_generated}
        kept = {name: row[name] for name in row if name in names and row[name] is not None}
        return insert_text(self.relation, kept)

    def _deletes(self, rows: Rows, right: Right, identity: str) -> Iterator[Try]:
        text = f"DELETE FROM {self.table}"  # noqa: S608  # quoted by the driver
        if key := self._key(rows, right):
            yield _each("DELETE", text, key, _of_others(rows, identity))
            if own := rows.by_tenant.get(identity):
                yield _each("DELETE", text, key, own, counts=False)
        if self.is_blind:
            yield Try("DELETE", text, counts=False)

    def _updates(self, rows: Rows, right: Right, identity: str) -> Iterator[Try]:
        writable = [name for name in right.writable if name in rows.fresh[A]]
        plain = [name for name in writable if not _is_key(self.base, name)] or writable
        if not plain:
            return
        own = rows.by_tenant.get(identity, [])
        foreign = _of_others(rows, identity)
        mine = own[0] if own else rows.fresh[RANDOM]
        takes = [name for name in plain if mine.get(name) is not None and not _is_alike(rows, name)]
        # Changed for real where that can be: a trigger may let pass what changes nothing.
        same = sql.Identifier(plain[0]).as_string()
        change = _set(takes[-1:], mine) if takes else f"{same} = {same}"
        text = f"UPDATE {self.table} SET "  # noqa: S608  # quoted by the driver
        if key := self._key(rows, right):
            yield _each("UPDATE", text + change, key, foreign)
            if own:
                yield _each("UPDATE", text + change, key, own, counts=False)
        if not self.is_blind:
            return
        # Without a WHERE no SELECT policy is asked: rows are taken over unseen, or given away.
        for names in dict.fromkeys((tuple(takes), tuple(takes[:1]))):
            if names:
                yield Try("UPDATE", f"{text}{_set(names, mine)}", counts=False)
        if own and takes:
            yield Try("UPDATE", f"{text}{_set(takes, foreign[0])}", counts=False)

    def _key(self, rows: Rows, right: Right) -> str:
        """A readable column that no two tenants share a value of: a key before all others, alone first."""
        keys = [name for key in sorted(self.base.keys("pu"), key=len) for name in key]
        for name in [*keys, *rows.fresh[A]]:
            if name in right.readable and name in rows.fresh[A] and not _is_alike(rows, name):
                return name
        return ""


def target_of(
    schema: Schema, relation: Relation, rows: Mapping[str, Rows], *, is_blind: bool
) -> Target:
    """What is known of a relation: of a view, the rows of the one table that it writes, as it shows them."""
    found = rows.get(relation.full_name)
    below = written_by(schema, relation, rows)
    if found or not below:
        return Target(relation, relation, found, is_blind)
    names = {column.name for column in relation.columns}

    def cut(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name in names}

    base = rows[below]
    shown = Rows(
        {tenant: [cut(row) for row in listed] for tenant, listed in base.by_tenant.items()},
        {tenant: cut(row) for tenant, row in base.fresh.items()},
    )
    return Target(relation, schema.relations[below], shown, is_blind)


def written_by(schema: Schema, view: Relation, rows: Mapping[str, Rows]) -> str:
    """The one table that a view writes: the only one that it reads, or that has all columns it can set."""
    read = [name for name in view.reads if name in rows] if view.kind == "v" else []
    if len(read) > 1:
        settable = {column.name for column in view.columns if column.is_settable}
        read = [
            name
            for name in read
            if settable and settable <= {column.name for column in schema.relations[name].columns}
        ]
    return read[0] if len(read) == 1 and rows[read[0]].is_whole else ""


def others(identity: str) -> tuple[str, ...]:
    """The tenants that somebody is not."""
    return tuple(tenant for tenant in (A, B) if tenant != identity)


def _of_others(rows: Rows, identity: str) -> list[dict[str, Any]]:
    return [row for other in others(identity) for row in rows.by_tenant.get(other, [])]


def _is_alike(rows: Rows, name: str) -> bool:
    """Whether a column's values do not tell the tenants apart."""
    mine = {str(row.get(name)) for row in rows.by_tenant.get(A, [])}
    theirs = {str(row.get(name)) for row in rows.by_tenant.get(B, [])}
    return bool(mine & theirs) or not mine or "None" in mine | theirs


def _is_key(relation: Relation, name: str) -> bool:
    return any(name in key for key in relation.keys("pu"))


def _where(key: str, rows: Iterable[Mapping[str, Any]]) -> str:
    values = sql.SQL(", ").join(sql.Literal(row[key]) for row in rows)
    return sql.SQL("{} IN ({})").format(sql.Identifier(key), values).as_string()


def _each(
    verb: str, text: str, key: str, rows: list[dict[str, Any]], *, counts: bool = True
) -> Try:
    """On all of these rows at once, else on one after the other."""
    singly = [Try(verb, f"{text} WHERE {_where(key, [row])}", counts) for row in rows]
    return Try(
        verb,
        f"{text} WHERE {_where(key, rows)}",
        counts,
        tuple(singly) if len(singly) > 1 else (),
    )


def _set(names: Iterable[str], row: Mapping[str, Any]) -> str:
    return ", ".join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(row[name])).as_string()
        for name in names
    )
