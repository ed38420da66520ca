"""A stand-in for the emulator's /_lab/state: real HTTP with long poll, and states to serve."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANYWHERE = {"protocol": "-1", "from": None, "to": None, "cidrs": ["0.0.0.0/0"], "groups": []}


def vpc(cidr="10.0.0.0/16", canary="10.0.0.50", way_out="nat", **changes):
    """One VPC as /_lab/state tells it."""
    return {
        "account": "111122223333",
        "region": "us-east-1",
        "cidr": cidr,
        "dns_support": True,
        "dns_hostnames": True,
        "way_out": {"subnet-1": way_out},
        "subnets": {"subnet-1": {"cidr": cidr, "az": "us-east-1a"}},
        "endpoints": [],
        "function_interfaces": [
            {
                "id": "eni-canary",
                "address": canary,
                "subnet": "subnet-1",
                "groups": ["sg-canary"],
                "function": "gatewatch-canary",
            }
        ],
        "security_groups": {
            "sg-canary": {"ingress": [], "egress": [ANYWHERE]},
            "sg-open": {"ingress": [ANYWHERE], "egress": [ANYWHERE]},
            "sg-closed": {"ingress": [], "egress": [ANYWHERE]},
        },
        **changes,
    }


def endpoint(at, address="10.0.0.91", **changes):
    """An available execute-api endpoint with private DNS, created at lab time `at`."""
    return {
        "id": "vpce-0abc",
        "service": "com.amazonaws.us-east-1.execute-api",
        "state": "available",
        "created_at": at,
        "security_groups": ["sg-open"],
        "interfaces": [{"id": "eni-endpoint", "subnet": "subnet-1", "address": address}],
        "private_dns": True,
        "private_dns_changed_at": at,
        "private_dns_changed_by": "create",
        "deleted_at": None,
        **changes,
    }


class FakeState:
    """Serves what `set` was last given; `revision` counts the calls."""

    def __init__(self, port=4566):
        self.revision = 0
        self.vpcs = {}
        self._changed = threading.Condition()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                body = json.dumps(fake.document(query)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def set(self, **vpcs):
        """Serve these VPCs: keys are names with _ for -."""
        with self._changed:
            self.revision += 1
            self.vpcs = {name.replace("_", "-"): one for name, one in vpcs.items()}
            self._changed.notify_all()

    def document(self, query):
        with self._changed:
            if "wait" in query:
                seen = int(query["wait"])
                self._changed.wait_for(lambda: self.revision != seen, float(query["seconds"]))
            return {"revision": self.revision, "now": 0, "vpcs": self.vpcs}
