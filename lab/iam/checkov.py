"""Checkov over the shipped templates: what it finds is mended, or has its reason in checkov.yaml.

python -m lab.iam.checkov        1 when a finding has no reason, or a reason no finding
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from lab.iam import grants

TOOL = grants.ROOT / ".venv" / "tools" / "checkov" / "bin" / "checkov"
REASONS = Path(__file__).parent / "checkov.yaml"
Found = set[tuple[str, str]]
"""Pairs of a check's id and "<template> <logical id>"."""


class CheckovFailed(RuntimeError):
    """Checkov did not run: what it said."""


def found() -> Found:
    """What checkov does not let pass. It asks nobody: no policies are fetched."""
    files = [part for name in grants.TEMPLATES for part in ("--file", name)]
    quietly = ("--skip-download", "--compact", "--quiet", "--output", "json")
    done = subprocess.run(
        [str(TOOL), "--framework", "cloudformation", *quietly, *files],
        cwd=grants.ROOT,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
        failed = report["results"]["failed_checks"]
        read = report["summary"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckovFailed(f"checkov ended with {done.returncode}: {done.stderr}") from error
    if read["parsing_errors"] or not read["passed"]:
        raise CheckovFailed(f"checkov read the templates in part only: {read}")
    return {(one["check_id"], _place(one)) for one in failed}


def _place(one: dict[str, Any]) -> str:
    """`/member.yaml` and `AWS::SQS::Queue.LooksQueue` as `member.yaml LooksQueue`."""
    return f"{one['file_path'].lstrip('/')} {one['resource'].rpartition('.')[2]}"


def explained() -> Found:
    """What has a reason. ValueError names a check without one."""
    told: dict[str, Any] = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    bare = [check for check, one in told.items() if not (one.get("why") and one.get("resources"))]
    if bare:
        raise ValueError(f"{REASONS.name}: {bare}: no `why`, or no `resources`")
    return {(check, place) for check, one in told.items() for place in one["resources"]}


def differences(seen: Found, reasons: Found) -> list[str]:
    """Findings without a reason and reasons without a finding, as lines for people."""
    return [
        f"{place}: {check}: not mended, and no reason" for check, place in sorted(seen - reasons)
    ] + [
        f"{place}: {check}: a reason for what checkov does not find"
        for check, place in sorted(reasons - seen)
    ]


def main() -> int:
    try:
        wrong = differences(found(), explained())
    except (CheckovFailed, ValueError) as error:
        wrong = [str(error)]
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
