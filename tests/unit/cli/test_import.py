"""`gatewatch import`: what other tools' files become, what is told, that it passes check."""

from pathlib import Path

import pytest
import yaml

from gatewatch.commands import check, importing
from gatewatch.failure import PARTIAL, USAGE, Failed

FILES = Path(__file__).parent / "imports"
CASES = {
    "openapi": ("openapi", "openapi.yaml", None),
    "swagger": ("openapi", "swagger.json", None),
    "blackbox": ("blackbox", "prometheus.yml", "blackbox.yml"),
    "gatus": ("gatus", "gatus.yaml", None),
}


def imported(case: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What is printed, and what is told not to be carried over."""
    kind, file, modules = CASES[case]
    importing.run(kind, FILES / file, FILES / modules if modules else None)
    out, err = capsys.readouterr()
    return out, err


def entries(text: str) -> dict[str, dict[str, object]]:
    return {entry["name"]: entry for entry in yaml.safe_load(text)["endpoints"]}


@pytest.mark.parametrize("case", CASES)
def test_what_is_printed_passes_check(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, _ = imported(case, capsys)
    file = tmp_path / "endpoints.yaml"
    file.write_text(text, encoding="utf-8")
    assert check.run([file]) == 0
    assert f"ok: {len(entries(text))} endpoints" in capsys.readouterr().out


@pytest.mark.parametrize("case", CASES)
def test_no_credential_is_printed_or_told(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = imported(case, capsys)
    assert "hunter2" not in out + err and "aHVudGVyMg" not in out + err


def test_openapi_gives_each_get_that_needs_no_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = imported("openapi", capsys)
    assert entries(out) == {
        "Orders-API-health": {
            "name": "Orders-API-health",
            "url": "https://api.orders.example.com/v2/health",
            "expect": {"status": [200]},
        },
        "Orders-API-orders": {
            "name": "Orders-API-orders",
            "url": "https://api.orders.example.com/v2/orders",
            "expect": {"status": [200, 206]},
        },
    }
    for told in ("server /relative", "POST /orders", "GET /orders/{id}", "GET /search: needs"):
        assert told in err
    assert "GET /orders: its security" in err and "GET /health" not in err


def test_swagger_2_has_its_url_in_three_parts(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = imported("swagger", capsys)
    assert entries(out)["Ledger-ping"]["url"] == "https://ledger.example.com/api/ping"
    assert err == ""


def test_blackbox_gives_targets_with_what_their_module_expects(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, err = imported("blackbox", capsys)
    found = {str(entry["url"]): entry for entry in entries(out).values()}
    assert set(found) == {
        "https://shop.example.com/health",
        "tls://db.example.com:5432",
        "dns:example.com?type=TXT",
    }
    shop = found["https://shop.example.com/health"]
    assert shop["expect"] == {"status": [200, 204], "body_matches": "ok"}
    assert (shop["owner"], shop["service"], shop["insecure_tls"]) == ("shop", "storefront", True)
    assert shop["headers"] == {"X-Team": "shop"}
    for told in (
        "job node",
        "icmp",
        "kubernetes_sd_configs",
        "basic_auth",
        "'ready'",
        "192.0.2.53",
    ):
        assert told in err
    assert "legacy.example.com" in err, "insecure_tls means nothing to http://"


def test_gatus_conditions_become_what_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = imported("gatus", capsys)
    found = entries(out)
    assert found["core-front-end"]["expect"] == {
        "status": 200,
        "json": {"status": "UP", "version": {"matches": r"^2\."}},
        "latency": "400ms",
        "certificate_days": 7,
    }
    assert found["same"]["expect"] == {"status": [200, 429], "body_matches": "well"}
    assert found["same-2"]["expect"] == {"status": "200-299"}
    assert found["same-2"]["insecure_tls"] is True
    assert found["names"] == {
        "name": "names",
        "url": "dns:example.com?type=A",
        "expect": {"rcode": "NXDOMAIN"},
    }
    assert set(found) == {"core-front-end", "same", "same-2", "database", "names"}
    for told in (
        "len([BODY].users)",
        "method POST",
        "icmp://",
        "asleep",
        "alerts",
        "client.timeout",
    ):
        assert told in err
    assert "here: left out" in err


def test_what_is_not_carried_over_is_exit_code_4(capsys: pytest.CaptureFixture[str]) -> None:
    assert importing.run("gatus", FILES / "gatus.yaml", None) == PARTIAL


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("openapi", "gatus.yaml"),
        ("gatus", "openapi.yaml"),
        ("blackbox", "blackbox.yml"),
        ("nagios", "gatus.yaml"),
        ("gatus", "nowhere.yaml"),
    ],
)
def test_a_file_of_another_kind_is_wrong_use(kind: str, file: str) -> None:
    with pytest.raises(Failed) as refused:
        importing.run(kind, FILES / file, None)
    assert refused.value.code == USAGE
