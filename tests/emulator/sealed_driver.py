"""Runs in a sealed namespace: an emulator, a VPC's namespace, one function inside and one outside.

Prints one JSON object of what the functions saw.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.emulator.process import WORLD, make_network, start

CODE = """
import json, os, socket
def handler(event, context):
    seen = {"net": os.readlink("/proc/self/ns/net"), "environ": sorted(os.environ)}
    seen["resolv"] = open("/etc/resolv.conf").read()
    try:
        socket.create_connection(("127.0.0.1", event["port"]), 2).close()
        seen["emulator"] = "reached"
    except OSError:
        seen["emulator"] = "unreachable"
    if event["call"]:
        import boto3
        seen["caller"] = boto3.client("sts").get_caller_identity()["Arn"]
    return seen
"""


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("index.py", CODE)
    return data.getvalue()


def main() -> None:
    assert not run("ip", "route", "show", "default").strip(), "a default route exists: not sealed"
    run("mount", "-t", "tmpfs", "t", "/run")
    Path("/run/netns").mkdir()
    Path("/run/gatewatch/resolv").mkdir(parents=True)
    run("ip", "link", "set", "lo", "up")
    process, emulator = start(Path(os.environ["DIRECTORY"]), WORLD)
    network = make_network(emulator)
    name = f"gw-{network.vpc}"
    run("ip", "netns", "add", name)
    Path("/run/gatewatch/resolv", name).write_text("nameserver 10.0.0.2\n")
    functions, iam = emulator.client("lambda"), emulator.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust))
    told = {"control": str(Path("/proc/self/ns/net").readlink())}
    for where, vpc in (("inside", {"SubnetIds": [network.subnets[0]]}), ("outside", {})):
        functions.create_function(
            FunctionName=where,
            Runtime="python3.13",
            Handler="index.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": archive()},
            Environment={"Variables": {"MINE": "1"}},
            VpcConfig={**vpc, "SecurityGroupIds": []} if vpc else {},
        )
        event = {"port": int(emulator.url.rpartition(":")[2]), "call": where == "outside"}
        answer = functions.invoke(FunctionName=where, Payload=json.dumps(event))
        told[where] = json.load(answer["Payload"])
        assert "FunctionError" not in answer, told[where]
    told["namespace"] = run(
        "nsenter", f"--net=/run/netns/{name}", "readlink", "/proc/self/ns/net"
    ).strip()
    process.terminate()
    process.wait(timeout=60)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
