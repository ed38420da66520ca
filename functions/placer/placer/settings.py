"""What the placer is told by its environment: read once, all that is missing named at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from placer.stack import NO_KEY, MemberOutputs
from probing.environment import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is the environment variable of the same name in upper case.

    `min_vpc_age_minutes` is in minutes of Clock time. `aws_region` (AWS_REGION) and
    `aws_lambda_function_name` are set by Lambda itself. The ARNs are those of the member's stack.
    """

    account_id: str
    aws_region: str
    aws_lambda_function_name: str
    stack_id: str
    table: str
    placer_queue_url: str
    hub_bus_arn: str
    placement: str
    min_vpc_age_minutes: float
    max_canaries_per_vpc: float
    look_concurrency: float
    log_retention_days: str
    canary_role_arn: str
    canary_service_role_arn: str
    canary_layer_arn: str
    probing_layer_arn: str
    reasoning_layer_arn: str
    kms_key_arn: str
    release: str

    @property
    def member(self) -> MemberOutputs:
        """What a canary stack needs of the member's stack."""
        return MemberOutputs(
            canary_role_arn=self.canary_role_arn,
            canary_layer_arn=self.canary_layer_arn,
            probing_layer_arn=self.probing_layer_arn,
            service_role_arn=self.canary_service_role_arn,
            release=self.release,
            kms_key_arn="" if self.kms_key_arn == NO_KEY else self.kms_key_arn,
        )

    @property
    def layer_arns(self) -> tuple[str, ...]:
        """The layer versions of the present release."""
        return (self.canary_layer_arn, self.probing_layer_arn, self.reasoning_layer_arn)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises SettingsError naming every variable that is missing or malformed."""
        return read(cls, environ, where="the Placer's Environment in member.yaml")
