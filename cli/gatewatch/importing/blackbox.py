"""Prometheus' blackbox exporter: probe jobs of prometheus.yml, with the modules of blackbox.yml.

Sources: prometheus.io/docs/prometheus/latest/configuration/configuration (scrape_config) and
github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md.
"""

from typing import Any

from gatewatch.failure import USAGE, Failed
from gatewatch.importing.draft import Draft, as_list, as_mapping, plain_headers

KIND = "blackbox"
HTTP_KEPT = frozenset(
    {
        "method",
        "headers",
        "valid_status_codes",
        "fail_if_body_not_matches_regexp",
        "fail_if_not_ssl",
        "tls_config",
        "follow_redirects",
    }
)


def read(document: dict[str, Any], where: str, modules: dict[str, Any]) -> Draft:
    """Raises Failed for a file without probe jobs."""
    draft = Draft()
    known = as_mapping(modules.get("modules")) or as_mapping(document.get("modules"))
    jobs = [as_mapping(job) for job in as_list(document.get("scrape_configs"))]
    probing = [job for job in jobs if job.get("metrics_path") == "/probe"]
    if not probing:
        what = "has no scrape_configs with metrics_path /probe: the targets stand in prometheus.yml"
        raise Failed(f"{where}: {what}, the modules in --modules blackbox.yml", code=USAGE)
    for job in jobs:
        if job not in probing:
            draft.leave(f"job {job.get('job_name')}", "is no probe job")
    for job in probing:
        _job(draft, job, known)
    return draft


def _job(draft: Draft, job: dict[str, Any], known: dict[str, Any]) -> None:
    name = str(job.get("job_name") or "blackbox")
    module_name = str(next(iter(as_list(as_mapping(job.get("params")).get("module"))), "http_2xx"))
    module = as_mapping(known.get(module_name))
    if not module:
        draft.leave(f"module {module_name}", "is not in --modules: taken by its name")
    for key in job:
        if key.endswith("_sd_configs"):
            draft.leave(f"job {name}", f"{key}: discovered targets are not in the file")
    for group in as_list(job.get("static_configs")):
        labels = as_mapping(as_mapping(group).get("labels"))
        for target in as_list(as_mapping(group).get("targets")):
            _target(draft, f"{name}-{target}", str(target), module_name, module, labels)


def _target(
    draft: Draft,
    name: str,
    target: str,
    module_name: str,
    module: dict[str, Any],
    labels: dict[str, Any],
) -> None:
    prober = str(module.get("prober") or module_name.partition("_")[0])
    common = {"owner": labels.get("team") or labels.get("owner"), "service": labels.get("service")}
    if prober == "http":
        entry = _http(draft, name, target, as_mapping(module.get("http")))
    elif prober == "tcp":
        of = as_mapping(module.get("tcp"))
        entry = {"url": f"{'tls' if of.get('tls') else 'tcp'}://{target}"}
        if of.get("query_response"):
            draft.leave(name, "query_response: a conversation over TCP is not looked at")
    elif prober == "dns":
        of = as_mapping(module.get("dns"))
        kind = str(of.get("query_type") or "ANY")
        entry = {"url": f"dns:{of.get('query_name')}" + ("" if kind == "ANY" else f"?type={kind}")}
        draft.leave(name, f"asks the VPC's own name server, not {target}")
    else:
        draft.leave(name, f"prober {prober} is not looked at")
        return
    draft.add(name, {**entry, **{key: value and str(value) for key, value in common.items()}})


def _http(draft: Draft, name: str, target: str, of: dict[str, Any]) -> dict[str, Any]:
    url = target if "://" in target else f"http://{target}"
    tls = as_mapping(of.get("tls_config"))
    expect: dict[str, Any] = {"status": as_list(of.get("valid_status_codes")) or ["200-299"]}
    patterns = as_list(of.get("fail_if_body_not_matches_regexp"))
    if patterns:
        expect["body_matches"] = str(patterns[0])
    for pattern in patterns[1:]:
        draft.leave(name, f"fail_if_body_not_matches_regexp {pattern!r}: one pattern is kept")
    if of.get("follow_redirects", True) is True and url.startswith("http://"):
        draft.leave(name, "redirects are not followed: name the URL that answers")
    for key in sorted(set(of) - HTTP_KEPT):
        secret = key in ("basic_auth", "authorization", "bearer_token", "oauth2")
        draft.leave(name, f"{key}: {'add `auth` with a secret' if secret else 'not carried over'}")
    return {
        "url": url,
        "method": of.get("method") if of.get("method") in ("HEAD", "OPTIONS") else None,
        "headers": plain_headers(draft, name, as_mapping(of.get("headers"))),
        "insecure_tls": tls.get("insecure_skip_verify"),
        "server_name": tls.get("server_name"),
        "expect": expect,
    }
