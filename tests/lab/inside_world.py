"""Drives the data plane inside a sealed world, for test_dataplane.py, and prints facts.

Every line of output is JSON: {"fact": name, "value": what was seen}. The judging is the test's.
"""

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from lab import sealed
from lab.dataplane import trust
from tests.lab.fake_state import FakeState, endpoint, vpc

WORLD = """
scale: 10
delays: {endpoint_available: 5, dns_after_create: 40, dns_after_modify: 5, dns_after_delete: 5}
apis:
  - {name: orders-api, id: o7x2m4k9qa, kind: regional, key: k-1}
  - {name: shop-api, id: s7x2m4k9qa, kind: edge}
  - {name: ledger-api, id: l3d9e8r7aa, kind: private}
"""
ORDERS = "o7x2m4k9qa.execute-api.us-east-1.amazonaws.com"
SHOP = "s7x2m4k9qa.execute-api.us-east-1.amazonaws.com"
LEDGER = "l3d9e8r7aa.execute-api.us-east-1.amazonaws.com"

RESOLVERS = ("10.0.0.2", "169.254.169.253")

PROBE = """
import http.client, json, socket, ssl, sys
host, address, key = sys.argv[1:4]
port = int(sys.argv[4]) if len(sys.argv) > 4 else 443
seen = {}
try:
    address = address or socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    seen["address"] = address
    plain = socket.create_connection((address, port), 1.0)
    seen["source"] = plain.getsockname()[0]
    if port == 443:
        tls = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        seen["tls"] = tls.version()
        connection = http.client.HTTPSConnection(host)
        connection.sock = tls
        connection.request("GET", "/prod/health", headers={"x-api-key": key} if key else {})
        answer = connection.getresponse()
        seen["status"], seen["server"] = answer.status, answer.getheader("Server")
        seen["body"] = answer.read().decode()
except OSError as error:
    seen["error"] = type(error).__name__
print(json.dumps(seen))
"""


ASK = """
import json, sys
import dns.exception, dns.message, dns.query
way, server, name = sys.argv[1:]
try:
    query = dns.message.make_query(name, "A")
    reply = getattr(dns.query, way)(query, server, timeout=1)
    print(json.dumps([item.address for answer in reply.answer for item in answer]))
except dns.exception.Timeout:
    print(json.dumps("silence"))
"""


def ask(way, server, namespace="gw-vpc-a", name=ORDERS):
    argv = sealed.in_namespace_command(namespace, [sys.executable, "-c", ASK, way, server, name])
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.stdout else done.stderr


def fact(name, value):
    print(json.dumps({"fact": name, "value": value}), flush=True)  # noqa: T201


def probe(host, namespace="gw-vpc-a", address="", key="", port=None):
    argv = [sys.executable, "-I", "-c", PROBE, host, address, key, *([str(port)] if port else [])]
    if namespace:
        argv = sealed.in_namespace_command(namespace, argv)
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def control(method, path, body=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:4567{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def ready():
    for _ in range(2000):
        try:
            return control("GET", "/ready")
        except urllib.error.URLError:
            time.sleep(0.02)
    raise SystemExit("the data plane never became ready")


def start(lab_dir, fake):
    (lab_dir / "world.yaml").write_text(WORLD)
    real = time.time()
    os.environ |= {
        "GATEWATCH_WORLD": str(lab_dir / "world.yaml"),
        "GATEWATCH_LAB_DIR": str(lab_dir),
        "GATEWATCH_CLOCK": f"{real}/{real}/10",
    }
    began = time.monotonic()
    with (lab_dir / "dataplane.log").open("w") as log:
        subprocess.Popen([sys.executable, "-m", "lab.dataplane"], stderr=log)
    fact("ready", ready())
    fact("seconds to ready", time.monotonic() - began)
    return lambda: real + 10 * (time.time() - real)


def trusted():
    subjects = [
        dict(pair for part in one["subject"] for pair in part)
        for one in ssl.create_default_context().get_ca_certs()
    ]
    return [one["organizationName"] for one in subjects]


def steady():
    fact("trusted", trusted())
    fact("healthy", probe(ORDERS, key="k-1"))
    fact("keyless", probe(ORDERS))
    fact("edge", probe(SHOP))
    fact("from control", probe(ORDERS, namespace=None, key="k-1"))
    fact("sentinel", probe("gw-4f1d.execute-api.us-east-1.amazonaws.com"))
    fact("private in public", probe(LEDGER))
    fact("no way out", probe(ORDERS, namespace="gw-vpc-b", address="203.0.113.10", key="k-1"))
    fact("resolves with no way out", probe(ORDERS, namespace="gw-vpc-b"))
    fact("unheld address", probe(ORDERS, address="10.0.77.77"))
    fact("resolvers", [ask(way, at) for at in RESOLVERS for way in ("udp", "tcp")])
    fact("emulator by loopback", probe(ORDERS, address="127.0.0.1", port=4566))
    fact("emulator by control address", probe(ORDERS, address="203.0.113.2", port=4566))
    fact("emulator in control", probe(ORDERS, namespace=None, address="127.0.0.1", port=4566))
    fact("outside world", probe(ORDERS, address="192.0.2.1"))


def flip(fake, now):
    at = now()
    fake.set(vpc_a=vpc(endpoints=[endpoint(at)]), vpc_b=vpc(way_out="igw"))
    ready()
    fact("just after the change", probe(ORDERS, key="k-1"))
    while now() < at + 40:
        time.sleep(0.05)
    fact("captured", probe(ORDERS, key="k-1"))
    fact("pinned", probe(ORDERS, address="203.0.113.10", key="k-1"))
    fact("private inside", probe(LEDGER))
    fact("sentinel captured", probe("gw-4f1d.execute-api.us-east-1.amazonaws.com"))
    fact("other VPC", probe(ORDERS, namespace="gw-vpc-b")["address"])
    control("POST", "/faults", {"api": "ledger-api", "status": 503})
    fact("broken", probe(LEDGER))
    control("POST", "/faults", {"api": "orders-api", "status": 403, "vpc": "vpc-a"})
    control("DELETE", "/faults", {"api": "ledger-api"})
    fact("mended", probe(LEDGER)["status"])
    there = {"address": "203.0.113.10", "key": "k-1"}
    fact("blocked", probe(ORDERS, **there)["status"])
    fact("not blocked", probe(ORDERS, namespace=None, **there)["status"])
    control("DELETE", "/faults")
    fact("all mended", probe(ORDERS, **there)["status"])
    control("POST", "/keys", {"api": "orders-api", "key": "k-2"})
    by_key = [probe(ORDERS, address="203.0.113.10", key=key)["status"] for key in ("k-1", "k-2")]
    fact("old and new key", by_key)
    control("POST", "/keys", {"api": "orders-api", "key": "k-1"})
    return at


def gates(fake, at):
    closed = endpoint(at, security_groups=["sg-closed"])
    fake.set(vpc_a=vpc(endpoints=[closed]), vpc_b=vpc(way_out="igw"))
    ready()
    fact("group closed", probe(LEDGER))
    pending = endpoint(at, state="pending")
    fake.set(vpc_a=vpc(endpoints=[pending]), vpc_b=vpc(way_out="igw"))
    ready()
    fact("pending", probe(LEDGER, address="10.0.0.91"))
    fake.set(vpc_a=vpc(endpoints=[endpoint(at)], dns_support=False))
    ready()
    fact("resolver switched off", ask("udp", "10.0.0.2"))
    fake.set(vpc_a=vpc(endpoints=[endpoint(at)], canary="10.0.0.60"))
    fact("ready without b", ready())
    fact("moved canary", probe(LEDGER))
    fact("moved canary out", probe(ORDERS, address="203.0.113.10", key="k-1"))
    gone = endpoint(at, deleted_at=at + 1, private_dns_changed_by="delete", state="deleted")
    fake.set(vpc_a=vpc(endpoints=[gone], canary="10.0.0.60"))
    ready()
    fact("deleted", probe(LEDGER, address="10.0.0.91"))
    fact("back in public", probe(ORDERS, key="k-1"))


def main():
    lab_dir = Path(sys.argv[1])
    trust.install(lab_dir)
    fake = FakeState()
    fake.set(vpc_a=vpc(), vpc_b=vpc(way_out="igw"))
    now = start(lab_dir, fake)
    steady()
    gates(fake, flip(fake, now))
    fact("hits", control("GET", "/hits"))
    fact("log", (lab_dir / "dataplane.log").read_text())


if __name__ == "__main__":
    main()
