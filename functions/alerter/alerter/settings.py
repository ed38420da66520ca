"""What the stack tells the alerter, read once from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from probing.environment import read
from reasoning.actor_detail import ActorDetail, Details
from reasoning.notice import Rules
from reasoning.told import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per environment variable, which is its name in capitals. `min_good` and
    `group_wait` are Clock seconds."""

    table: str
    page_topic_arn: str
    chat_topic_arn: str
    hub_queue_url: str
    hub_bus_arn: str
    default_owner: str
    metric_detail: str
    release: str
    min_good: float
    group_wait: float
    mode: Mode
    page_actor_detail: ActorDetail
    chat_actor_detail: ActorDetail
    change_retention_days: float
    incident_retention_days: float

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsError naming every variable that is missing or malformed."""
        return read(cls, environ, where="the Alerter's Environment in template.yaml")

    @property
    def rules(self) -> Rules:
        return Rules(
            min_good_seconds=self.min_good,
            group_wait_seconds=self.group_wait,
            default_owner=self.default_owner,
            mode=self.mode,
        )

    @property
    def details(self) -> Details:
        return Details(page=self.page_actor_detail, chat=self.chat_actor_detail)
