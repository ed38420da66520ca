"""What the recorder is told by its environment: read once, all that is missing named at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from probing.environment import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is the environment variable of the same name in upper case; `aws_region`
    (AWS_REGION) is set by Lambda itself."""

    account_id: str
    aws_region: str
    table: str
    looks_queue_url: str
    hub_bus_arn: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsError naming every variable that is missing or malformed."""
        return read(cls, environ, where="the Recorder's Environment in member.yaml")
