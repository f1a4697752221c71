"""Says what a verification found, in the reader's language; the command, the alert and the pages use it."""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.core.ledger.queries import LastVerification
from governance.core.ledger.verification.verify import NO_ENTRY, Verification

# Objects that a sentence names; the ledger's entry has them all.
NAMED = 10


def broken(found: Verification) -> str:
    """One line that names the first bad seq."""
    text = _(
        "Registre rompu : première entrée fautive n° %(seq)d (%(fault)s) ; %(entries)d entrées lues"
    )
    if found.fault in NO_ENTRY:
        text = _(
            "Registre rompu : première entrée non garantie n° %(seq)d (%(fault)s) ; %(entries)d "
            "entrées lues"
        )
    said = [
        text
        % {
            "seq": found.first_bad,
            "fault": found.fault.label if found.fault else "",
            "entries": found.entries,
        },
        *reasons(found),
    ]
    if not found.is_recorded:
        said.append(_("cette vérification n’a pas pu être inscrite au registre"))
    return " ; ".join(said)


def whole(found: Verification) -> str:
    """One line that counts the entries and says what they were compared with."""
    said = [
        ngettext(
            "Registre intact : %(entries)d entrée",
            "Registre intact : %(entries)d entrées",
            found.entries,
        )
        % {"entries": found.entries}
    ]
    if found.read_after:
        said.append(read_on(found.read_after))
    if found.checkpoints:
        said.append(
            _("conforme aux jalons %(seqs)s") % {"seqs": ", ".join(map(str, found.checkpoints))}
        )
    if found.waiting:
        said.append(
            ngettext(
                "%(n)d autre est en cours d’inscription",
                "%(n)d autres sont en cours d’inscription",
                found.waiting,
            )
            % {"n": found.waiting}
        )
    return f"{' ; '.join(said + reasons(found))} ({found.last_hash}, {found.seconds:.1f} s)"


def read_on(read_after: int) -> str:
    """That a verification went on where an earlier one had ended."""
    return _(
        "lues à la suite de l’entrée n° %(seq)d, où s’arrêtait une vérification antérieure"
    ) % {"seq": read_after}


def reasons(found: Verification | LastVerification) -> list[str]:
    """What was expected and is not so, and what the verification could not compare."""
    said = []
    if found.drifts:
        named = ", ".join(map(str, found.drifts[:NAMED]))
        more = len(found.drifts) - NAMED
        said.append(
            _("objets : %(named)s et %(more)d autres") % {"named": named, "more": more}
            if more > 0
            else _("objets : %(named)s") % {"named": named}
        )
    if found.expected:
        at = parse_datetime(found.expected.at)
        said.append(
            _("attendu : l’entrée n° %(seq)d d’empreinte %(hash)s, lue le %(at)s UTC")
            % {
                "seq": found.expected.seq,
                "hash": found.expected.hash,
                "at": f"{at:%Y-%m-%d %H:%M:%S}" if at else found.expected.at,
            }
        )
    if found.accepted:
        said.append(_("écart accepté : %(reason)s") % {"reason": found.accepted})
    if found.known is None:
        said.append(_("aucune vérification antérieure de cette base n’était retenue hors d’elle"))
        if getattr(found, "others_known", False):
            said.append(_("d’autres bases l’étaient : celle-ci a pu être recréée ou restaurée"))
    return said
