"""What people call the sorts of things that alerts are about: packs say it, in `[entities]` of pack.toml."""

from alerts.kinds import reader_language
from integrity.rules.catalog import pack_of, packs


def entity_words(entity_type: str, source: str = "") -> str:
    """“Camion en route”; a sort that no pack names reads as its code, as words.

    By the pack of `source`; without one, by the first pack that names it.
    """
    asked = [pack_of(source)] if source else packs()
    said = next((one.entities[entity_type] for one in asked if entity_type in one.entities), None)
    if said is not None:
        return said.in_(reader_language())
    return entity_type.replace("_", " ").capitalize()
