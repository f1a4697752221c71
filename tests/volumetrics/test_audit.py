"""The audit of field cases: the eight real ones value by value, and files that cannot be used."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from integrity.volumetrics.cases import FieldCase, cases_read
from integrity.volumetrics.standard import Instrument
from integrity.volumetrics.verdicts import (
    Quantity,
    Verdict,
    case_judge,
    cases_judge,
    printed_interval,
)

FIELD = Path(__file__).with_name("field_receptions.csv")
HEADER = (
    "case,product,volume_observed_l,temperature_c,density_observed_kg_m3,"
    "field_density_15c_kg_m3,field_vcf,field_volume_15c_l"
)
GOOD = "A,GASOIL,39330,20.0,837.0,840.4,0.9958,39165"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("volumetrics_audit", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue().replace("\u202f", " ").replace("\u00a0", " "), err.getvalue()


def written(folder: Path, *lines: str) -> Path:
    path = folder / "cases.csv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def judged(instrument: Instrument | None = None) -> dict[str, Verdict]:
    cases, problems = cases_read(FIELD)
    assert problems == []
    return {v.case.name[-2:]: v for v in cases_judge(cases, instrument)}


def wrong(verdict: Verdict) -> dict[str, tuple[float, float]]:
    """Contradicted values: (difference, part that rounding does not explain), both rounded."""
    found = {}
    for check in verdict.checks:
        if not check.agrees:
            key = ":".join(filter(None, [check.quantity.value, check.instrument]))
            assert check.difference is not None
            assert check.unexplained is not None
            digits = 5 if check.quantity is Quantity.VCF else 2
            found[key] = (round(check.difference, digits), round(check.unexplained, digits))
    return found


# By a second computation that shares no code: bisection on the law of fuel oils, which governs all
# eight. Written minus standard, then what rounding does not explain; kg/m³, VCF or L.
EXPECTED: dict[str, dict[str, tuple[float, float]]] = {
    "01": {
        "density_15:hydrometer": (0.16, 0.02),
        "vcf": (0.006, 0.00591),
        "volume_15:hydrometer": (235.53, 230.82),
        "volume_15:densitometer": (235.32, 230.61),
    },
    "02": {
        "vcf": (0.00085, 0.00076),
        "volume_15:hydrometer": (33.63, 28.95),
        "volume_15:densitometer": (33.56, 28.88),
    },
    "03": {"density_15:densitometer": (-0.22, -0.08)},
    "04": {},
    "05": {"density_15:densitometer": (-0.15, -0.01)},
    "06": {"density_15:densitometer": (-0.15, -0.01)},
    "07": {"density_15:densitometer": (-0.15, -0.01)},
    "08": {
        "density_15:hydrometer": (-1.04, -0.91),
        "density_15:densitometer": (-1.16, -1.02),
    },
}


def test_field_file_is_the_one_of_the_reference() -> None:
    depot = Path(__file__).parents[2] / "integrity" / "depot" / "data" / FIELD.name
    assert FIELD.read_text(encoding="utf-8") == depot.read_text(encoding="utf-8")


def test_eight_field_cases_value_by_value() -> None:
    assert {name: wrong(verdict) for name, verdict in judged().items()} == EXPECTED


def test_which_field_cases_agree_and_with_which_instrument() -> None:
    both = tuple(Instrument)
    hydrometer = (Instrument.HYDROMETER,)
    assert {
        name: tuple(i for i in Instrument if verdict.agrees_with(i))
        for name, verdict in judged().items()
    } == {
        "01": (),
        "02": (),
        "03": hydrometer,
        "04": both,
        "05": hydrometer,
        "06": hydrometer,
        "07": hydrometer,
        "08": (),
    }


def test_field_cases_that_contradict_each_other() -> None:
    """Without trusting any instrument: 01 and 02 are warmer than 03 and have a larger VCF."""
    assert {
        name: [(c.quantity.value, [o[-2:] for o in c.others]) for c in verdict.clashes]
        for name, verdict in judged().items()
        if verdict.clashes
    } == {"01": [("vcf", ["03"])], "02": [("vcf", ["03"])], "08": [("density_15", ["06"])]}


def test_witnesses_of_a_clash_are_agreeing_cases_three_at_most(tmp_path: Path) -> None:
    """Two warmer cases with a larger VCF clash with cool ones that agree, not with one another."""
    good = [GOOD.replace("A,", f"good{n},") for n in range(4)]
    bad = [
        "bad1,GASOIL,39330,30.0,837.0,847.3,0.9970,39212",
        "bad2,GASOIL,39330,35.0,837.0,850.7,0.9980,39251",
    ]
    cases, _ = cases_read(written(tmp_path, HEADER, *bad, *good))
    clashes = {v.case.name: v.clashes for v in cases_judge(cases, Instrument.HYDROMETER)}
    assert [name for name, found in clashes.items() if found] == ["bad1", "bad2"]
    for name in ("bad1", "bad2"):
        assert [c.others for c in clashes[name] if c.quantity is Quantity.VCF] == [
            ("good0", "good1", "good2")
        ]


def test_a_named_instrument_is_the_only_one_judged() -> None:
    assert [n for n, v in judged(Instrument.HYDROMETER).items() if v.agrees] == [
        "03",
        "04",
        "05",
        "06",
        "07",
    ]
    assert [n for n, v in judged(Instrument.DENSITOMETER).items() if v.agrees] == ["04"]


def test_report_on_the_field_file_in_words() -> None:
    code, out, err = run(FIELD)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == "Contrôle volumétrique de field_receptions.csv"
    start = lines.index("GASOIL_PROD_02 (ligne 3, GASOIL) : CONTRADICTION")
    assert lines[start + 1] == "  lu : 39 391 L, 23,5 °C, 837,5 kg/m³"
    assert lines[start + 4] == (
        "  [écart]   VCF (table 54B, à la densité à 15 °C relevée) : relevé 0,9937,"
        " calculé 0,99285 (arrondis compris : 0,99281 à 0,99289), écart +0,00085"
        " dont 0,00076 que l'arrondi n'explique pas"
    )
    assert lines[start + 8] == (
        "  [écart]   VCF rangé à l'envers par rapport à GASOIL_PROD_03, quel que soit l'instrument"
    )
    assert "GASOIL_PROD_04 (ligne 5, GASOIL) : ACCORD" in lines
    assert (
        "GASOIL_PROD_05 (ligne 6, GASOIL) : ACCORD, si l'instrument est : aréomètre en verre"
        in lines
    )
    summary = lines[lines.index("Bilan : 5 cas en accord, 3 en contradiction.") :]
    vcf = "  contredit, VCF (table 54B, à la densité à 15 °C relevée) : "
    assert summary[1:] == [
        "  contredit, densité à 15 °C (table 53B) : GASOIL_PROD_08",
        vcf + "GASOIL_PROD_01, GASOIL_PROD_02",
        "  contredit, volume à 15 °C selon la norme : GASOIL_PROD_01, GASOIL_PROD_02",
        "  densités à 15 °C expliquées par aréomètre en verre : 6 sur 8",
        "  densités à 15 °C expliquées par densimètre à tube vibrant : 3 sur 8",
    ]


def test_report_on_the_field_file_in_json() -> None:
    code, out, err = run(FIELD, "--json")
    assert (code, err) == (1, "")
    report = json.loads(out)
    assert (report["agreeing"], report["contradicting"], report["problems"]) == (5, 3, [])
    assert report["instrument"] is None
    assert [c["agrees_with"] for c in report["cases"]][3:5] == [
        ["hydrometer", "densitometer"],
        ["hydrometer"],
    ]
    eighth = report["cases"][7]
    assert (eighth["case"], eighth["line"], eighth["agrees"]) == ("GASOIL_PROD_08", 9, False)
    check = eighth["checks"][0]
    assert (check["quantity"], check["instrument"]) == ("density_15", "hydrometer")
    assert (check["printed"], check["printed_half_unit"], check["unit"]) == ("840.1", 0.05, "kg/m³")
    assert check["expected"] == pytest.approx(841.141153, abs=1e-6)
    assert eighth["clashes"] == [{"quantity": "density_15", "others": ["GASOIL_PROD_06"]}]


def test_exit_0_when_all_agree(tmp_path: Path) -> None:
    code, out, err = run(written(tmp_path, HEADER, GOOD), "--instrument", "hydrometer")
    assert (code, err) == (0, "")
    assert "A (ligne 2, GASOIL) : ACCORD" in out.splitlines()
    assert "Bilan : 1 cas en accord, 0 en contradiction." in out
    assert "densimètre" not in out


def case(**changes: str) -> FieldCase:
    values = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | changes
    name, product, *numbers = values.values()
    return FieldCase(2, name, product, *map(Decimal, numbers))


@pytest.mark.parametrize(
    ("changes", "agrees"),
    # The product of the printed values is 39164.81 give or take 2.47: half a litre times the VCF,
    # plus half a unit of its fourth decimal times the volume; then half a litre of the result.
    [
        ({"field_volume_15c_l": "39167"}, True),
        ({"field_volume_15c_l": "39168"}, False),
        ({"field_volume_15c_l": "39162"}, True),
        ({"field_volume_15c_l": "39161"}, False),
        ({"field_volume_15c_l": "39167.0"}, True),
        ({"field_volume_15c_l": "39167.4"}, False),
    ],
)
def test_allowance_of_the_product_of_printed_values(changes: dict[str, str], agrees: bool) -> None:
    verdict = case_judge(case(**changes), [Instrument.HYDROMETER])
    assert [c.agrees for c in verdict.checks if c.quantity is Quantity.PRODUCT] == [agrees]


def test_more_printed_decimals_leave_less_allowance() -> None:
    """0.9958 is the VCF rounded; 0.99580 claims a decimal more, and is wrong in it."""
    for printed, agrees in (("0.9958", True), ("0.99577", True), ("0.99580", True)):
        verdict = case_judge(case(field_vcf=printed), [Instrument.HYDROMETER])
        assert [c.agrees for c in verdict.checks if c.quantity is Quantity.VCF] == [agrees]
    fine = {"temperature_c": "20.00", "field_density_15c_kg_m3": "840.45"}
    verdict = case_judge(case(field_vcf="0.99580", **fine), [Instrument.HYDROMETER])
    assert not verdict.checks[1].agrees
    verdict = case_judge(case(field_vcf="0.99578", **fine), [Instrument.HYDROMETER])
    assert verdict.checks[1].agrees


def test_printed_interval_follows_the_last_decimal() -> None:
    for text, half in (("39296", 0.5), ("837.0", 0.05), ("0.9937", 0.00005), ("100", 0.5)):
        interval = printed_interval(Decimal(text))
        assert interval.high - float(text) == pytest.approx(half)
        assert float(text) - interval.low == pytest.approx(half)


def test_vcf_at_an_impossible_density_is_unknown_and_never_agrees(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, GOOD.replace("840.4", "84.04"))
    code, out, _ = run(path)
    assert code == 1
    assert "  [inconnu] VCF (table 54B, à la densité à 15 °C relevée) : relevé 0,9958," in out


def test_a_case_at_the_edge_of_the_domain_is_judged(tmp_path: Path) -> None:
    """The box of printed inputs sticks out of the domain; what is inside it counts."""
    path = written(tmp_path, HEADER, "A,GASOIL,1000,90.0,790.0,842.5,0.9359,936")
    code, out, err = run(path, "--instrument", "hydrometer")
    assert err == ""
    assert code == 0, out


BAD_LINES: list[tuple[str, str, str]] = [
    (GOOD.replace("837.0", ""), "density_observed_kg_m3", "valeur absente"),
    (GOOD.replace("A,", ",", 1), "case", "valeur absente"),
    (GOOD.replace("837.0", "abc"), "density_observed_kg_m3", "« abc » n'est pas un nombre"),
    (GOOD.replace("837.0", "NaN"), "density_observed_kg_m3", "« NaN » n'est pas un nombre"),
    (GOOD.replace("837.0", "8_37"), "density_observed_kg_m3", "« 8_37 » n'est pas un nombre"),
    (GOOD.replace("837.0", "1e3"), "density_observed_kg_m3", "« 1e3 » n'est pas un nombre"),
    (GOOD.replace("837.0", '"837,0"'), "density_observed_kg_m3", "« 837,0 » n'est pas un nombre"),
    (GOOD.replace("39330", "-39330"), "volume_observed_l", "« -39330 » doit être positif"),
    (GOOD.replace("39330", "0"), "volume_observed_l", "« 0 » doit être positif"),
    (GOOD.replace("0.9958", "0.0000"), "field_vcf", "« 0.0000 » doit être positif"),
    (GOOD.replace("39330", "39330000000"), "volume_observed_l", "hors du domaine accepté"),
    (GOOD.replace("20.0", "90.1"), "temperature_c", "90.1 °C est hors du domaine accepté, -18 à"),
    (GOOD.replace("20.0", "-18.1"), "temperature_c", "hors du domaine accepté, -18 à 90 °C"),
    (
        GOOD.replace("837.0", "83.70"),
        "density_observed_kg_m3",
        "83.70 kg/m³ est hors du domaine accepté, 648.",
    ),
]


@pytest.mark.parametrize(("line", "column", "message"), BAD_LINES)
def test_a_bad_value_is_named_by_line_and_column_and_hides_no_other_case(
    tmp_path: Path, line: str, column: str, message: str
) -> None:
    path = written(tmp_path, HEADER, GOOD.replace("A,", "first,", 1), line, "", GOOD + " ")
    code, out, err = run(path)
    assert code == 2
    assert err.startswith(f"cases.csv, ligne 3, colonne {column} : ")
    assert message in err
    assert len(err.splitlines()) == 1
    assert "Bilan : 2 cas en accord, 0 en contradiction." in out


def problems_json(path: Path) -> list[dict[str, Any]]:
    code, out, _ = run(path, "--json")
    assert code == 2
    problems: list[dict[str, Any]] = json.loads(out)["problems"]
    return problems


@pytest.mark.parametrize(
    ("lines", "where", "message"),
    [
        ([], (1, None), "fichier vide"),
        ([HEADER], (2, None), "aucun cas"),
        ([HEADER.replace("field_vcf", "vcf"), GOOD], (1, "field_vcf"), "colonne manquante"),
        ([HEADER + ",field_vcf", GOOD + ",1"], (1, "field_vcf"), "plusieurs fois"),
        ([HEADER, GOOD + ",1"], (2, None), "9 valeurs au lieu de 8"),
        ([HEADER, "A,GASOIL"], (2, None), "2 valeurs au lieu de 8"),
        ([HEADER, GOOD, GOOD], (3, "case"), "« A » est déjà le nom du cas de la ligne 2"),
        ([HEADER, GOOD.replace("GASOIL", '"GAS"OIL')], (2, None), "CSV mal formé"),
        ([HEADER.replace(",", ";"), GOOD.replace(",", ";")], (1, "case"), "colonne manquante"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, lines: list[str], where: tuple[int, str | None], message: str
) -> None:
    first = problems_json(written(tmp_path, *lines))[0]
    assert (first["line"], first["column"]) == where
    assert message in first["message"]


def test_missing_file_folder_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    code, out, err = run(tmp_path / "absent.csv")
    assert (code, out) == (2, "")
    assert err.startswith("absent.csv : fichier illisible (")
    assert run(tmp_path)[0] == 2
    bad = tmp_path / "latin.csv"
    bad.write_bytes(HEADER.encode() + b"\n\xe9")
    code, _, err = run(bad)
    assert code == 2
    assert (
        err == f"latin.csv : fichier illisible : l'octet {len(HEADER) + 2} n'est pas de l'UTF-8\n"
    )


def test_extra_columns_byte_order_mark_and_crlf_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(f"\ufeff{HEADER},note\r\n{GOOD},vu\r\n".encode())
    assert run(path)[0] == 0


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(CommandError, match="aréomètre"):
        run(FIELD, "--instrument", "aréomètre")
