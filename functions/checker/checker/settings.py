"""What the checker is told by its environment: read once, all that is missing named at once."""

from collections.abc import Mapping
from dataclasses import dataclass


class SettingsError(ValueError):
    """The environment of the function lacks variables, or one does not parse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is the environment variable of the same name in upper case.

    `probe_timeout` is in real seconds. `registry_path` and `vantage_path` end with a slash.
    `aws_region` (AWS_REGION) is set by Lambda itself.
    """

    account_id: str
    aws_region: str
    table: str
    looks_queue_url: str
    hub_bus_arn: str
    registry_path: str
    vantage_path: str
    probe_timeout: float
    release: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsError naming every variable that is missing, and where it is set."""
        names = {field: field.upper() for field in cls.__dataclass_fields__}
        missing = [name for name in names.values() if not environ.get(name)]
        if missing:
            raise SettingsError(
                f"missing {', '.join(missing)}; set them in the Environment of the Checker "
                "function in member.yaml"
            )
        values = {field: environ[name] for field, name in names.items()}
        text = values.pop("probe_timeout")
        try:
            probe_timeout = float(text)
        except ValueError:
            raise SettingsError(
                f"PROBE_TIMEOUT={text!r} is not a number of seconds; mend the parameter "
                "ProbeTimeout of member.yaml"
            ) from None
        return cls(probe_timeout=probe_timeout, **values)
