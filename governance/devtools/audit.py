"""`make audit`: locked packages have hashes and no known vulnerabilities, and no secret is committed.

Exit 0: looked, and found nothing. 1: found something. 2: could not look, because the data about
vulnerabilities were unreachable; that is no "clean". Nothing but names and versions is sent.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from governance.env import BASE_DIR

LOCKS = ("requirements.lock", "requirements-dev.lock")  # the second holds everything of the first
BASELINE = ".secrets.baseline"  # what looks like a secret and is none, by its hash
# Generated files full of hashes, which are what the scan looks for.
NOT_SCANNED = r"\.lock$|definitions\.json$|\.secrets\.baseline$|^static/vendor/|\.po$"
UNREACHABLE = re.compile(
    r"ConnectionError|Timeout|ConnectTimeout|ProxyError|SSLError|HTTPError|ServiceError"
)
CLEAN, FOUND, NOT_LOOKED = 0, 1, 2


@dataclass
class Answer:
    """What one of the three looks came to; `lines` are what a person must read."""

    what: str
    code: int = CLEAN
    lines: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = {CLEAN: "clean", FOUND: f"{len(self.lines)} found", NOT_LOOKED: "UNREACHABLE"}
        return "\n".join([f"{self.what}: {words[self.code]}", *(f"  {one}" for one in self.lines)])


def hashes(folder: Path) -> Answer:
    """Every locked package names the hashes of its files, so that nothing else is installed."""
    answer = Answer("hashes in the locks")
    for name in LOCKS:
        text = (folder / name).read_text(encoding="utf-8")
        for entry in re.split(r"\n(?=[a-zA-Z0-9])", text):
            if "==" in entry and "--hash=sha256:" not in entry:
                answer.lines.append(f"{name}: {entry.split()[0]} has no hash")
    answer.code = FOUND if answer.lines else CLEAN
    return answer


def vulnerabilities(folder: Path, service: list[str]) -> Answer:
    """Known vulnerabilities of the locked versions, as the library's service tells them."""
    answer = Answer("known vulnerabilities")
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(folder / LOCKS[-1])]
    command += ["--disable-pip", "--require-hashes", "--format", "json", "--desc", "off"]
    done = _run([*command, "--progress-spinner", "off", *service], folder)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        words = "the data cannot be had" if UNREACHABLE.search(done.stderr) else "the audit failed"
        answer.code, answer.lines = NOT_LOOKED, [f"{words}: {last[:200]}"]
        return answer
    for package in told:
        if "skip_reason" in package:
            answer.code = NOT_LOOKED
            answer.lines.append(f"{package['name']} was not looked at: {package['skip_reason']}")
        for one in package.get("vulns", ()):
            mended = ", ".join(one["fix_versions"]) or "no version yet"
            answer.lines.append(
                f"{package['name']} {package['version']}: {one['id']}, mended in {mended}"
            )
    if any("mended in" in line for line in answer.lines):
        answer.code = FOUND
    return answer


def secrets(folder: Path) -> Answer:
    """What looks like a secret in a committed file and is not in the baseline; nobody is asked about it."""
    answer = Answer("secrets in committed files")
    try:
        found = _suspects(folder)
        known = json.loads((folder / BASELINE).read_text(encoding="utf-8"))["results"]
    except (ValueError, KeyError, OSError) as error:
        answer.code, answer.lines = NOT_LOOKED, [f"the scan failed: {error}"]
        return answer
    excused = {_name(file, one) for file, rows in known.items() for one in rows}
    answer.lines = [
        f"{file}:{one['line_number']}: {one['type']}"
        for file, rows in found.items()
        for one in rows
        if _name(file, one) not in excused
    ]
    answer.code = FOUND if answer.lines else CLEAN
    return answer


def secrets_accept(folder: Path) -> None:
    """Write the baseline anew, once a person has looked at each: names and hashes, since lines move."""
    kept = {
        file: [{key: one[key] for key in ("type", "hashed_secret")} for one in rows]
        for file, rows in _suspects(folder).items()
    }
    text = json.dumps({"results": kept}, indent=1, sort_keys=True)
    (folder / BASELINE).write_text(text + "\n", encoding="utf-8")


def _suspects(folder: Path) -> dict[str, list[dict[str, str]]]:
    command = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify"]
    done = _run([*command, "--exclude-files", NOT_SCANNED], folder)
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)["results"]
    return found


def _name(file: str, one: dict[str, str]) -> tuple[str, str, str]:
    """Without the line, which moves."""
    return (file, one["type"], one["hashed_secret"])


def _run(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own words
        command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
    )


def main(arguments: list[str] | None = None) -> int:
    """Look three times, print each answer; findings weigh more than what could not be looked at."""
    parser = argparse.ArgumentParser(prog="audit", description=__doc__)
    parser.add_argument("--folder", type=Path, default=BASE_DIR)
    parser.add_argument("--url", help="of a service that speaks OSV, instead of the public one")
    parser.add_argument(
        "--accept", action="store_true", help="what looks like a secret and is none"
    )
    options = parser.parse_args(arguments)
    if options.accept:
        secrets_accept(options.folder)
    service = ["--vulnerability-service", "osv", "--timeout", "10"]
    if options.url:
        service += ["--osv-url", options.url]
    answers = [
        hashes(options.folder),
        vulnerabilities(options.folder, service),
        secrets(options.folder),
    ]
    for answer in answers:
        print(answer)
    codes = {answer.code for answer in answers}
    return FOUND if FOUND in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
