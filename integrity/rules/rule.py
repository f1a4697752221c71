"""What a rule is: a kind, with the query that finds it and the proof that the query can."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alerts.kinds import Kind


@dataclass(frozen=True)
class Embed:
    """An expression that rules share: `text` holds `<name>` for each key of `arguments`."""

    text: str
    arguments: Mapping[str, str]


@dataclass(frozen=True)
class Index:
    """An index that a query would be faster by; advised, never made."""

    table: str
    columns: tuple[str, ...]
    where: str = ""


@dataclass(frozen=True)
class Renamed:
    """A table of other names on a source: where it is, and its columns, the rule's name -> the one here."""

    relation: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Rule(Kind):
    """One declarative check. `query` gives entity_id, detected_at and a column for each fact.

    Where `severity_varies` it gives a severity as well, none worse than the rule's.
    """

    severity_varies: bool
    embeds: Mapping[str, Embed]
    query: str
    proof: str
    folder: Path
    # Tables that are not on the source as the query knows them: name -> a SELECT (adaptation.py).
    tables: Mapping[str, str] = field(default_factory=dict)
    # Of these, tables that only have other names here.
    renamed: Mapping[str, Renamed] = field(default_factory=dict)
    indexes: tuple[Index, ...] = ()
    # Where thresholds or severity are other here: the rule as its proof speaks of it.
    shipped: "Rule | None" = None
    # Files that make the empty database for which its proof was written; none: no pack brings one.
    reference: tuple[Path, ...] = ()
    # Whether the proof, and that database, name the tables as the source does, and not as the query.
    is_proof_of_here: bool = False
