"""Owns the text of one rule as a SELECT with the view's columns; executes nothing."""

import re
from collections.abc import Sequence
from datetime import timedelta

from alerts.kinds import Fact, Parameter
from integrity.rules import wording_sql
from integrity.rules.rule import Embed, Rule
from integrity.rules.sql_text import SqlTextError, bind, tokens

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


class CompileError(ValueError):
    """A rule whose query and manifest do not fit together; names the rule and the line."""


def query_sql(rule: Rule) -> str:
    """The rule's own SELECT with its thresholds in place. Raises CompileError."""
    literals = {name: parameter_sql(parameter) for name, parameter in rule.parameters.items()}
    try:
        # Embedded first: what they are given may be a threshold, which is bound with the query's.
        query = rule.query
        for name, embed in rule.embeds.items():
            query = bind(query, {name: _embed_sql(embed)}, others={*literals, *rule.embeds})
        return _with_tables(rule, bind(query, literals).strip())
    except SqlTextError as error:
        raise CompileError(f"{rule.code}, query.sql, {error}") from None


def _with_tables(rule: Rule, query: str) -> str:
    """The query with the tables that are other on this source before it; its own names then mean those."""
    if not rule.tables:
        return query
    named = ",\n".join(
        f"    {name} AS NOT MATERIALIZED (\n{text}\n)" for name, text in rule.tables.items()
    )
    return f"WITH\n{named}\nSELECT * FROM (\n{query}\n) AS adapted"


def branch_sql(rule: Rule, *, as_text: bool = False) -> str:
    """One rule as a SELECT with the view's columns. Raises CompileError. `as_text`: its identities."""
    identity = "f.entity_id::text" if as_text else "f.entity_id"
    facts = ",\n".join(
        f"        {wording_sql.literal(key)}, {_payload_sql(fact)}"
        for key, fact in rule.payload.items()
    )
    return (
        f"-- {rule.code} {rule.version}: {rule.title.fr}\n"
        "SELECT\n"
        f"    {wording_sql.literal(rule.code)}::text AS check_code,\n"
        f"    {_severity_sql(rule)}::text AS severity,\n"
        f"    {wording_sql.literal(rule.entity_type)}::text AS entity_type,\n"
        f"    {identity} AS entity_id,\n"
        f"    {_message_sql(rule)} AS message,\n"
        f"    jsonb_build_object(\n{facts}\n    ) AS payload,\n"
        f"    {_instant_sql('f.detected_at')} AS detected_at\n"
        f"FROM (\n{query_sql(rule)}\n) AS f"
    )


def union_sql(view: str, codes: Sequence[str]) -> str:
    """The rows of a view that somebody else wrote; those of `codes` are found by rules of ours instead."""
    others = f"\nWHERE f.check_code::text <> ALL ({wording_sql.literal(list(codes))}::text[])"
    return (
        f"-- {view}: as it was before\n"
        "SELECT f.check_code::text, f.severity::text, f.entity_type::text, f.entity_id::text,"
        " f.message::text, f.payload, f.detected_at\n"
        f"FROM {relation_sql(view)} AS f{others if codes else ''}"
    )


def relation_sql(name: str) -> str:
    """A table or view, perhaps with its schema, quoted only where it must be."""
    return ".".join(part if _PLAIN.fullmatch(part) else f'"{part}"' for part in name.split("."))


def _severity_sql(rule: Rule) -> str:
    return "f.severity" if rule.severity_varies else wording_sql.literal(rule.severity)


def parameter_sql(parameter: Parameter) -> str:
    """A threshold as a typed SQL literal."""
    value = parameter.value
    if isinstance(value, timedelta):
        # Seconds, not days: a day of an interval follows the session's daylight saving time.
        return wording_sql.literal(f"{int(value.total_seconds())} seconds") + "::interval"
    if isinstance(value, str):
        return wording_sql.literal(value) + "::text"
    # Parentheses: a negative literal before a cast or after a minus sign stays one number.
    return f"({wording_sql.literal(value)})"


def _embed_sql(embed: Embed) -> str:
    """The expression without its comments, each `<name>` replaced by a column or a `:parameter`."""
    text = "".join(token.text for token in tokens(embed.text) if token.kind != "comment").strip()
    for name, argument in embed.arguments.items():
        if text.count(f"<{name}>") != 1:
            raise SqlTextError(f"the embedded text does not have one <{name}>")
        text = text.replace(f"<{name}>", argument)
    return text


def _instant_sql(column: str) -> str:
    """An instant that exists: a missing, infinite or future one becomes the reading's own."""
    return (
        f"CASE WHEN {column}::timestamptz BETWEEN '1900-01-01 00:00:00+00'::timestamptz AND now()"
        f" THEN {column}::timestamptz ELSE now() END"
    )


def _payload_sql(fact: Fact) -> str:
    column = f"f.{fact.key}"
    if fact.type == "number":
        return f"round({column}::numeric, {fact.decimals})"
    if fact.type in ("timestamp", "instant"):
        return wording_sql.instant_sql(column)
    return f"{column}::jsonb" if fact.type == "json" else f"{column}::text"


def _message_sql(rule: Rule) -> str:
    texts = {name: wording_sql.literal(p.text()) for name, p in rule.parameters.items()}
    for key, fact in rule.payload.items():
        column = f"f.{key}"
        if fact.type == "number":
            texts[key] = wording_sql.number_sql(column, fact.decimals, fact.unit)
        elif fact.type == "timestamp":
            texts[key] = wording_sql.date_sql(column)
        elif fact.type == "instant":
            texts[key] = wording_sql.instant_text_sql(column)
        elif fact.type == "choice":
            words = {value: said.fr for value, said in fact.words.items()}
            texts[key] = wording_sql.choice_sql(column, words)
        else:
            texts[key] = wording_sql.text_sql(column)
    message = wording_sql.fill_sql(rule.message.fr, texts)
    if not rule.variants:
        return message
    cases = "".join(
        f"\n        WHEN {wording_sql.literal(value)} THEN {wording_sql.fill_sql(words.fr, texts)}"
        for value, words in rule.variants.items()
    )
    return f"CASE f.{rule.varies_by}{cases}\n        ELSE {message} END"
