"""What the checker is told by its environment: read once, all that is missing named at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from probing.environment import SettingsError, read

NONE = "none"
"""What stands in a variable that has no value: Lambda knows no empty ones here."""
ON = "on"

_WHERE = "the Checker's Environment in member.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is the environment variable of the same name in upper case.

    `probe_timeout` is in real seconds, `max_rate` in requests a second. The paths end with a slash.
    `aws_region` (AWS_REGION) is set by Lambda itself. `invoke_api_arns`: ARNs of the APIs that the
    checker's role may invoke, with commas between them, or `none`. `registry_bucket`: the hub's,
    with the organisation's file, or `none`. `discover_apis` and `aws_basics`: on or off.
    """

    account_id: str
    aws_region: str
    table: str
    looks_queue_url: str
    hub_bus_arn: str
    registry_path: str
    registry_bucket: str
    defaults_path: str
    discover_apis: str
    aws_basics: str
    vantage_path: str
    probe_timeout: float
    max_rate: float
    release: str
    invoke_api_arns: str

    @property
    def api_arns(self) -> tuple[str, ...]:
        named = (arn.strip() for arn in self.invoke_api_arns.split(","))
        return tuple(arn for arn in named if arn and arn != "none")

    @property
    def hub_account(self) -> str:
        return self.hub_bus_arn.split(":")[4]

    @property
    def hub_region(self) -> str:
        return self.hub_bus_arn.split(":")[3]

    @property
    def is_home(self) -> bool:
        """Whether this member stands beside the hub: it alone tells what all members read."""
        return (self.account_id, self.aws_region) == (self.hub_account, self.hub_region)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsError naming every variable that is missing or malformed."""
        found = read(cls, environ, where=_WHERE)
        if found.max_rate == 0:
            raise SettingsError(f"MAX_RATE is 0: nothing could be looked at; {_WHERE} sets it")
        return found
