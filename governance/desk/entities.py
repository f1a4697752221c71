"""What people call the sorts of things that alerts are about: packs say it, in `[entities]` of pack.toml."""

from alerts.kinds import reader_language
from integrity.rules.catalog import pack_of


def entity_words(entity_type: str, *sources: str) -> str:
    """“Camion en route”; a sort that no pack of these sources names reads as its code, as words.

    Where their packs call it differently, every name in the order of `sources`: “Camion en route / Voyage”.
    """
    named = [pack_of(one).entities.get(entity_type) for one in sources]
    said = dict.fromkeys(one.in_(reader_language()) for one in named if one is not None)
    return " / ".join(said) or entity_type.replace("_", " ").capitalize()
