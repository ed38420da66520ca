"""Where credentials are kept, as a dict; and what shows them, without AWS."""

from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from checker.credential import Means, Signing
from checker.secrets_read import Secrets
from checker.showing import Showing
from checker.tokens import Granted, Tokens
from tests.unit.checker.stubs import VirtualClock


class Store:
    """Answers GetParameter and GetSecretValue from a dict, and counts."""

    def __init__(self, values, changed_at=0.0):
        self.values, self.changed_at, self.reads = values, changed_at, 0

    def get_parameter(self, Name, WithDecryption):
        changed = datetime.fromtimestamp(self.changed_at, UTC)
        return {"Parameter": {"Value": self._read(Name), "LastModifiedDate": changed}}

    def get_secret_value(self, SecretId):
        return {"SecretString": self._read(SecretId)}

    def _read(self, name):
        self.reads += 1
        if name not in self.values:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Get")
        return self.values[name]


def secrets(store):
    return Secrets(ssm=store, secretsmanager=store, clock=VirtualClock())


@dataclass(slots=True)
class Endpoint:
    """A token endpoint: gives t1, t2, … or raises what it is told to."""

    expires_in: object = 3600
    refuses: Exception | None = None
    asked: int = 0

    def __call__(self, grant, deadline):
        self.asked += 1
        if self.refuses:
            raise self.refuses
        return Granted(token=f"t{self.asked}", expires_in=self.expires_in)


ROLE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session-token")
ARN = "arn:aws:execute-api:us-east-1:123456789012:l3d9e8r7aa/prod/GET/*"


def showing(values=None, *, fetch=None, arns=(ARN,), role=ROLE):
    """Shows credentials out of `values`, by the names that follow `ssm:`."""
    found = secrets(Store(values or {}))
    means = Means(
        secrets=found,
        tokens=Tokens(fetch=fetch or Endpoint(), clock=found.clock),
        signing=Signing(credentials=lambda: role, region="eu-west-1", api_arns=arns),
    )
    return Showing(means=means, clock=found.clock)
