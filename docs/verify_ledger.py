#!/usr/bin/env python3
"""Vérifie un export du registre, sans la console et sans rien installer (Python 3.9 ou plus récent).

    python3 verify_ledger.py export.jsonl
    python3 verify_ledger.py export.jsonl --checkpoint point.json --public-key cle.pem

Code de sortie : 0, rien de faux n'a été trouvé (et le texte dit ce qui est prouvé) ; 1, quelque chose
est faux, et le texte dit où ; 2, un fichier ne peut pas être lu. The format is described in ledger.md.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from json.decoder import scanstring
from pathlib import Path

EXPORT_FORMAT = "governance-ledger-export/1"
CHECKPOINT_FORMAT = "governance-ledger-checkpoint/1"
GENESIS = bytes(32)
HASHED = (
    *("seq", "at", "actor", "role", "source", "subject_type", "subject_id", "check_code"),
    *("action", "before", "after"),
)


class Unusable(Exception):
    """A file that cannot be read as what it should be."""


class Broken(Exception):
    """The first place at which the record is not what was written."""


# --- JSON, with every number as it was written -----------------------------------------------------


class Number(str):
    """The digits of a number: 1e300, 0.10 and 12345678901234567890 must come out as they went in."""


def _object(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("the same key twice in one object")
    return result


def _constant(name):
    raise ValueError(f"{name} is not JSON")


def parse(line):
    try:
        return json.loads(
            line,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except RecursionError:
        return parse_deep(line.decode("utf-8") if isinstance(line, bytes) else line)


SPACE = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
WORDS = {"true": True, "false": False, "null": None}


def parse_deep(text):
    """The same for a text of any depth: no recursion, hence slower."""
    open_, at = [], _after_space(text, 0)  # containers around this place, each with its pending key
    while True:
        value, at, opens = _part(text, at)
        if opens:
            open_.append([value, None])
            at = _after_space(text, at)
            if text[at : at + 1] not in ("]", "}"):  # not empty: its first key or value comes next
                at = _key(text, at, open_[-1])
                continue
            value, at = _close(text, at, open_)
        while open_:  # the value is whole: put it where it belongs, and close what ends with it
            container, key = open_[-1]
            if isinstance(container, dict):
                if key in container:
                    raise ValueError("the same key twice in one object")
                container[key] = value
            else:
                container.append(value)
            at = _after_space(text, at)
            if text[at : at + 1] == ",":
                at = _key(text, _after_space(text, at + 1), open_[-1])
                break
            value, at = _close(text, at, open_)
        else:
            if _after_space(text, at) != len(text):
                raise ValueError(f"something follows at {at}")
            return value


def _after_space(text, at):
    return SPACE.match(text, at).end()


def _part(text, at):
    """A value that ends here, or the container that begins; then the place after it, and which it is."""
    first = text[at : at + 1]
    if first in ("{", "["):
        return ({} if first == "{" else []), at + 1, True
    if first == '"':
        return (*scanstring(text, at + 1, True), False)
    for word, value in WORDS.items():
        if text.startswith(word, at):
            return value, at + len(word), False
    found = NUMBER.match(text, at)
    if not found:
        raise ValueError(f"no value at {at}")
    return Number(found[0]), found.end(), False


def _key(text, at, holder):
    """Read the key of an object's next value into its holder; the place where the value begins."""
    if isinstance(holder[0], dict):
        if text[at : at + 1] != '"':
            raise ValueError(f"no key at {at}")
        holder[1], at = scanstring(text, at + 1, True)
        at = _after_space(text, at)
        if text[at : at + 1] != ":":
            raise ValueError(f"no colon at {at}")
        at = _after_space(text, at + 1)
    return at


def _close(text, at, open_):
    container = open_[-1][0]
    if text[at : at + 1] != ("}" if isinstance(container, dict) else "]"):
        raise ValueError(f"neither a comma nor an end at {at}")
    open_.pop()
    return container, at + 1


class Text(str):
    """A piece of the canonical form that is written as it is."""


def canonical(value):
    """The text that PostgreSQL prints: `, ` and `: ` between parts, keys in the order of the export."""
    parts, rest = [], [value]
    while rest:
        one = rest.pop()
        if isinstance(one, (Number, Text)):
            parts.append(str(one))
        elif isinstance(one, list):
            rest.append(Text("]"))
            for place in range(len(one) - 1, -1, -1):
                rest += [one[place], Text(", " if place else "[")]
            if not one:
                rest.append(Text("["))
        elif isinstance(one, dict):
            rest.append(Text("}"))
            pairs = list(one.items())
            for place in range(len(pairs) - 1, -1, -1):
                key, held = pairs[place]
                rest += [held, Text(": "), key, Text(", " if place else "{")]
            if not pairs:
                rest.append(Text("{"))
        else:
            parts.append(json.dumps(one, ensure_ascii=False))  # text, true, false, null
    return "".join(parts)


def entry_hash(entry):
    text = canonical([entry[name] for name in HASHED])
    return hashlib.sha256(bytes.fromhex(entry["prev_hash"]) + text.encode("utf-8")).digest()


# --- Ed25519 (RFC 8032), verification only ---------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _add(a, b):
    """Sum of two points in extended coordinates (X, Y, Z, T)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return (
        (f - e) * (h - g) % P,
        (h + g) * (f + e) % P,
        (h - g) * (h + g) % P,
        (f - e) * (f + e) % P,
    )


def _times(factor, point):
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


def _point(encoded):
    """The point of 32 bytes, or None when they encode none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_is_signed(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = _point(public_key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little")
    left, right = _times(s, BASE), _add(r, _times(k % ORDER, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# --- Checkpoints -----------------------------------------------------------------------------------

# What precedes the 32 bytes of every Ed25519 public key in a PEM file (RFC 8410).
KEY_PREFIX = bytes.fromhex("302a300506032b6570032100")


def read_public_key(path):
    try:
        with Path(path).open(encoding="ascii") as file:
            lines = [line.strip() for line in file]
        start, end = map(lines.index, ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"))
        der = base64.b64decode("".join(lines[start + 1 : end]), validate=True)
    except (OSError, ValueError) as error:
        raise Unusable(f"{path} : {error}") from error
    if not der.startswith(KEY_PREFIX) or len(der) != len(KEY_PREFIX) + 32:
        raise Unusable(f"{path} : ce n'est pas une clé Ed25519")
    return der[len(KEY_PREFIX) :]


def read_checkpoint(path, public_key):
    """Content of a checkpoint file whose signature is right; Broken if it is not."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            fields = json.load(file)
        signature = bytes.fromhex(fields.pop("signature"))
        fields.pop("public_key", None)  # the key that counts is the one given by hand
        known = fields["format"] == CHECKPOINT_FORMAT and int(fields["seq"]) >= 0 and fields["hash"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unusable(f"{path} : ce n'est pas un jalon ({error})") from error
    if not known:
        raise Unusable(f"{path} : format {fields['format']!r} inconnu")
    message = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")
    if not ed25519_is_signed(public_key, message, signature):
        raise Broken(f"{path} : la signature n'est pas celle de cette clé sur ce contenu")
    return fields


def agreeing(checkpoints):
    """The checkpoints by number; Broken when two of one number attest different chains."""
    known = {}
    for fields in checkpoints:
        other = known.setdefault(fields["seq"], fields)
        if (other["hash"], other.get("count")) != (fields["hash"], fields.get("count")):
            raise Broken(
                f"jalons n° {fields['seq']} : deux fichiers signés attestent deux chaînes "
                f"différentes ({other['hash']} et {fields['hash']})"
            )
    return known


# --- The export ------------------------------------------------------------------------------------


def summary_holds(hashes, told):
    """Whether a summary of quiet scans is of these entries; None when they are not all in the file.

    `hashes`: number of a scan -> hash of its entry (hexadecimal). docs/retention.md
    """
    first, last, kept = (
        int(told["first_number"]),
        int(told["last_number"]),
        set(map(int, told["kept"])),
    )
    numbers = [
        number for number in sorted(hashes) if first <= number <= last and number not in kept
    ]
    lines = "".join(f"{hashes[number]}\n" for number in numbers)
    if hashlib.sha256(lines.encode("ascii")).hexdigest() == told["rows_hash"]:
        return len(numbers) == int(told["scans"])
    return None if len(numbers) < int(told["scans"]) else False


class Reading:
    """What has been read of an export so far, and what is proved by it."""

    def __init__(self, checkpoints):
        self.expected = {
            seq: fields["hash"] for seq, fields in agreeing(checkpoints).items() if seq
        }
        self.agreed = []
        self.entries = self.links = 0
        self.first = self.last = None
        self.last_at = ""
        self.last_hash = GENESIS
        self.gaps = []
        self.digest = hashlib.sha256()
        self.scans = {}  # source -> {number of a scan: hash of its entry}, until its day was summed up
        self.summed = self.summaries = self.unproved = 0

    def take(self, line, number, whole):
        """One entry. `whole`: the export claims to leave nothing out, so a gap is a fault."""
        try:
            entry = parse(line)
            seq, prev_hash = int(entry["seq"]), bytes.fromhex(entry["prev_hash"])
            right = entry_hash(entry) == bytes.fromhex(entry["hash"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Broken(f"ligne {number} : illisible comme entrée ({error})") from error
        last = self.last or 0
        if seq <= last:
            raise Broken(f"entrée n° {seq} (ligne {number}) : suit la n° {last}, l'ordre est faux")
        if seq > last + 1:
            if whole:
                raise Broken(f"entrée n° {last + 1} : manque (la ligne {number} porte la n° {seq})")
            self.gaps.append((last + 1, seq - 1))
        if not right:
            raise Broken(
                f"entrée n° {seq} (ligne {number}) : contenu et empreinte ne correspondent pas"
            )
        if seq == last + 1:
            if prev_hash != self.last_hash:
                raise Broken(f"entrée n° {seq} (ligne {number}) : ne continue pas la n° {last}")
            self.links += 1
        if not isinstance(entry["at"], str) or entry["at"] < self.last_at:
            raise Broken(f"entrée n° {seq} (ligne {number}) : plus ancienne que la n° {last}")
        self.last_at = entry["at"]
        self.last_hash = bytes.fromhex(entry["hash"])
        if seq in self.expected:
            if self.expected[seq] != entry["hash"]:
                raise Broken(
                    f"entrée n° {seq} : le jalon signé connaît une autre empreinte ; "
                    "la chaîne a été réécrite à cette entrée ou avant"
                )
            self.agreed.append(seq)
        self.first = self.first or seq
        self.last = seq
        self.entries += 1
        self.digest.update(line)
        self.take_scan(entry)

    def take_scan(self, entry):
        """A scan, or the summary of a day's quiet scans, which must be of the scans that came before."""
        told = entry["after"]
        if not isinstance(told, dict):
            return
        known = self.scans.setdefault(entry["source"], {})
        if entry["subject_type"] == "scan" and "number" in told:
            known[int(told["number"])] = entry["hash"]
        elif entry["action"] == "scan.summary":
            try:
                holds = summary_holds(known, told)
            except (KeyError, TypeError, ValueError) as error:
                raise Broken(f"entrée n° {entry['seq']} : résumé illisible ({error})") from error
            if holds is False:
                raise Broken(
                    f"entrée n° {entry['seq']} : ce résumé n'est pas celui des contrôles qu'il compte"
                )
            self.summaries += 1
            self.summed += int(told["scans"]) if holds else 0
            self.unproved += not holds
            last = int(told["last_number"])
            self.scans[entry["source"]] = {n: text for n, text in known.items() if n > last}

    def close(self, manifest, whole):
        """Compare with the manifest, and a whole export with the checkpoints beyond its end."""
        if (
            int(manifest["entries"]) != self.entries
            or manifest["sha256"] != self.digest.hexdigest()
        ):
            raise Broken(
                "manifeste : le nombre d'entrées ou l'empreinte du fichier n'est pas le bon"
            )
        beyond = [seq for seq in sorted(self.expected) if seq > (self.last or 0)]
        if whole and beyond:
            raise Broken(
                f"entrée n° {(self.last or 0) + 1} : manque ; le jalon signé atteste "
                f"{beyond[-1]} entrées, l'export s'arrête à la n° {self.last or 0}"
            )


def read_export(path, checkpoints, demand_whole):
    """Read the file once, line by line; gives the Reading, or raises Broken or Unusable."""
    reading, manifest = Reading(checkpoints), None
    try:
        with Path(path).open("rb") as file:
            header = parse(file.readline())
            if not isinstance(header, dict) or header.get("format") != EXPORT_FORMAT:
                raise Unusable(f"{path} : ce n'est pas un export du registre")
            whole = demand_whole or header["whole"] is True
            for number, line in enumerate(file, start=2):
                if manifest is not None:
                    raise Broken(f"ligne {number} : du contenu après le manifeste")
                if line.startswith(b'{"manifest"'):
                    manifest = parse(line)["manifest"]
                else:
                    reading.take(line, number, whole)
        if manifest is None:
            raise Broken(
                f"fin du fichier après la n° {reading.last} : le manifeste manque, fichier coupé"
            )
        reading.close(manifest, whole)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{path} : {error}") from error
    return reading


def proved(reading):
    """What follows from the reading, and what does not."""
    yield f"{reading.entries} entrées lues : chaque empreinte correspond à son contenu."
    if not reading.entries:
        return
    if reading.gaps:
        missing = ", ".join(str(a) if a == b else f"{a} à {b}" for a, b in reading.gaps[:5])
        more = f", et {len(reading.gaps) - 5} autres intervalles" if len(reading.gaps) > 5 else ""
        yield (
            f"Export partiel : {reading.links} liens vérifiés entre voisines. NON PROUVÉ : le lien "
            f"par-dessus les numéros absents ({missing}{more}), ni ce qui précède ou suit."
        )
    else:
        yield f"Chaîne continue de la n° 1 à la n° {reading.last} : rien n'y manque."
    if reading.summaries > reading.unproved:
        yield (
            f"{reading.summaries - reading.unproved} résumés de contrôles sans changement, "
            f"{reading.summed} contrôles : chacun est celui des écritures de ces contrôles."
        )
    if reading.unproved:
        yield f"{reading.unproved} résumé(s) NON PROUVÉ(S) : leurs contrôles ne sont pas tous dans l'export."
    for seq in reading.agreed:
        before = (
            "Elle et tout ce qui la précède sont" if not _gap_before(reading, seq) else "Elle est"
        )
        yield f"Jalon n° {seq} : conforme. {before} tel qu'à la signature."
    for seq in sorted(set(reading.expected) - set(reading.agreed)):
        yield f"Jalon n° {seq} : NON PROUVÉ, l'export ne contient pas cette entrée."
    if not reading.expected:
        yield "Sans jalon : une chaîne entièrement recalculée ne se verrait pas."
    elif reading.last > max(reading.expected):
        yield f"Après la n° {max(reading.expected)}, aucun jalon : un recalcul ne se verrait pas."


def _gap_before(reading, seq):
    return any(first < seq for first, _ in reading.gaps)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export", help="fichier JSON lines exporté par la console")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="FICHIER")
    parser.add_argument("--public-key", metavar="FICHIER", help="clé publique PEM, obtenue à part")
    parser.add_argument(
        "--whole",
        action="store_true",
        help="exiger la chaîne depuis la n° 1, quoi que dise l'en-tête",
    )
    options = parser.parse_args(arguments)
    if bool(options.checkpoint) != bool(options.public_key):
        parser.error("--checkpoint et --public-key vont ensemble")
    try:
        key = read_public_key(options.public_key) if options.public_key else None
        checkpoints = [read_checkpoint(path, key) for path in options.checkpoint]
        reading = read_export(options.export, checkpoints, options.whole)
    except Broken as error:
        print(f"ROMPU : {error}")
        return 1
    except Unusable as error:
        print(f"Illisible : {error}", file=sys.stderr)
        return 2
    for line in proved(reading):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
