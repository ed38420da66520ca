"""What the recorder is told by its environment: read once, all that is missing named at once."""

from collections.abc import Mapping
from dataclasses import dataclass


class SettingsError(ValueError):
    """The environment of the function lacks variables."""


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
        """Raises SettingsError naming every variable that is missing, and where it is set."""
        names = {field: field.upper() for field in cls.__dataclass_fields__}
        missing = [name for name in names.values() if not environ.get(name)]
        if missing:
            raise SettingsError(
                f"missing {', '.join(missing)}; set them in the Environment of the Recorder "
                "function in member.yaml"
            )
        return cls(**{field: environ[name] for field, name in names.items()})
