"""In which VPC something is, or was, that an event names by its own id alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from placer.hearing import Sign

MOST_ASKED = 20
"""Ids that a run asks EC2 about: a storm of events must not cost it its time."""

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Asks EC2; a NAT gateway that was deleted is still described for about an hour."""

    ec2: Any

    def of(self, signs: Sequence[Sign], homes: Mapping[str, str]) -> dict[str, str]:
        """VPC ids by the ids of subjects, `homes` (those of subnets) included. What cannot be found
        is left out."""
        unknown = [s.subject for s in signs if not s.vpc_id and s.subject not in homes]
        found = dict(homes)
        for subject in list(dict.fromkeys(unknown))[:MOST_ASKED]:
            try:
                vpc_id = self._vpc_of(subject)
            except (ClientError, BotoCoreError) as error:
                logger.info("not found", subject=subject, error=str(error))
                continue
            if vpc_id:
                found[subject] = vpc_id
        return found

    def _vpc_of(self, subject: str) -> str:
        if subject.startswith("nat-"):
            told = self.ec2.describe_nat_gateways(NatGatewayIds=[subject])["NatGateways"]
        elif subject.startswith("sg-"):
            told = self.ec2.describe_security_groups(GroupIds=[subject])["SecurityGroups"]
        elif subject.startswith("subnet-"):
            told = self.ec2.describe_subnets(SubnetIds=[subject])["Subnets"]
        else:
            return ""
        return str(told[0].get("VpcId", "")) if told else ""
