"""Writes the beginnings of a pack: empty, or with one kind for each code that an existing view shows."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.rows import tuple_row

from alerts.kinds.wording import PLACEHOLDER
from integrity.adoption.checking import SECTIONS, TO_FILL

TEMPLATES = Path(__file__).parent / "skeleton"
ROWS_READ = 50_000  # of a view: enough to know its codes, bounded for one that has millions

# Codes with their severity and type, then what their payloads hold. A number's decimals are those written.
CODES = """
SELECT check_code::text, entity_type::text,
       min(array_position(ARRAY['CRITICAL', 'WARN', 'INFO'], severity::text)), count(*)
FROM (SELECT * FROM {view} LIMIT {limit}) AS v
WHERE check_code IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 4 DESC
"""
FACTS = """
SELECT v.check_code::text, e.key,
       array_agg(DISTINCT jsonb_typeof(e.value)) FILTER (WHERE jsonb_typeof(e.value) <> 'null'),
       coalesce(max(length(split_part(e.value #>> '{{}}', '.', 2)))
                FILTER (WHERE jsonb_typeof(e.value) = 'number'), 0),
       coalesce(bool_and((e.value #>> '{{}}') ~ '^\\d{{4}}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d|$)')
                FILTER (WHERE jsonb_typeof(e.value) = 'string'), false)
FROM (SELECT * FROM {view} LIMIT {limit}) AS v
CROSS JOIN LATERAL jsonb_each(
  CASE WHEN jsonb_typeof(v.payload) = 'object' THEN v.payload ELSE '{{}}' END) AS e
WHERE v.check_code IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass
class Shown:
    """A code as rows of a view show it: `facts` are payload keys with a type and decimals."""

    code: str
    entity_type: str
    severity: str
    facts: dict[str, tuple[str, int]]


class SkeletonError(Exception):
    """Nothing was written; one line says why."""


def codes_shown(connection: psycopg.Connection[Any], view: str) -> list[Shown]:
    """What the rows of a view show, inside the caller's transaction. `view`: perhaps with its schema."""
    name = sql.Identifier(*view.split("."))
    limit = sql.Literal(ROWS_READ)
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(sql.SQL(CODES).format(view=name, limit=limit))
        found: dict[str, Shown] = {}
        for code, type_, severity, _count in cursor.fetchall():
            word = ("CRITICAL", "WARN", "INFO")[(severity or 2) - 1]
            found.setdefault(code, Shown(code, type_ or "OBJET", word, {}))
        cursor.execute(sql.SQL(FACTS).format(view=name, limit=limit))
        for code, key, types, decimals, dated in cursor.fetchall():
            found[code].facts[key] = (_type(types or [], dated), min(int(decimals), 9))
    return list(found.values())


def pack_write(
    folder: Path, shown: Iterable[Shown] | None = None, *, union: str = ""
) -> list[Path]:
    """The files of a new pack, which were not there before. Raises SkeletonError.

    Without `shown`: one rule of our own as an example. `union`: the view whose rows stand beside our rules.
    """
    if folder.exists() and any(folder.iterdir()):
        raise SkeletonError(
            _(
                "%(folder)s n’est pas vide : rien n’est écrit. Un autre dossier recevra le même début ; "
                "en reprendre ce qui manque ici."
            )
            % {"folder": folder}
        )
    reference = 'reference = ["schema.sql"]' if shown is None else '# reference = ["schema.sql"]'
    files = {
        "pack.toml": _filled(
            "pack.toml",
            pack=folder.name,
            reference=reference,
            union=f"union = {json.dumps(union)}" if union else '# union = "public.v_controles"',
        ),
        "source.toml": _filled("source.toml"),
    }
    if shown is None:
        for name in ("rule.toml", "query.sql", "proof.sql"):
            files[f"exemple/{name}"] = _filled(name)
        files["runbooks/exemple.md"] = _runbook("EXEMPLE")
        files["schema.sql"] = _filled("schema.sql")
    for one in shown or ():
        name = one.code.lower()
        files[f"{name}/rule.toml"] = _kind_toml(one)
        files[f"runbooks/{_file(name)}.md"] = _runbook(one.code)
    written = []
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def _type(types: list[str], dated: bool) -> str:
    if types == ["number"]:
        return "number"
    if types == ["string"]:
        return "instant" if dated else "text"
    return "json" if {"object", "array"} & set(types) else "text"


def _file(name: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name)


def _kind_toml(one: Shown) -> str:
    facts = "\n".join(_fact(key, *about) for key, about in one.facts.items())
    return _filled(
        "kind.toml",
        code=json.dumps(one.code),
        severity=one.severity,
        entity_type=json.dumps(one.entity_type),
        runbook=f"runbooks/{_file(one.code.lower())}.md",
        facts=facts,
    )


def _fact(key: str, type_: str, decimals: int) -> str:
    number = f", decimals = {decimals}" if type_ == "number" else ""
    label = json.dumps(key, ensure_ascii=False)
    words = f"{{ fr = {label}, en = {label} }}"
    return f'{label} = {{ type = "{type_}"{number}, material = false, label = {words} }}'


def _runbook(code: str) -> str:
    parts = [f"# {code} : {TO_FILL}", *(f"{title}\n\n{TO_FILL}" for title in SECTIONS[:-1])]
    parts += [
        SECTIONS[-1],
        "{responsable}. Acquitter sous {acquitter} h, résoudre sous {resoudre} h.",
    ]
    return "\n\n".join(parts) + "\n"


def _filled(name: str, **values: str) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
