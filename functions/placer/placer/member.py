"""The placer's parts put together, once for the life of a worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from placer.answering import Answering
from placer.aws import Clients
from placer.calls import Calls
from placer.carrying import Carrying
from placer.hub import Hub
from placer.layers import Layers
from placer.leaving import Leaving
from placer.memory import Memory
from placer.reporting import Reporting
from placer.run import Run
from placer.settings import Settings
from placer.stack import Stacks
from placer.whereabouts import Whereabouts
from probing.clock import Clock

TEMPLATE = Path(__file__).with_name("vpc.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the placer is of one account and Region."""

    run: Run
    leaving: Leaving

    @classmethod
    def make(cls, settings: Settings, clients: Clients, clock: Clock) -> "Member":
        """All parts on these clients; the template is the one that was shipped with this code."""
        memory = Memory(dynamodb=clients.dynamodb, table=settings.table, clock=clock)
        layers = Layers(lambda_=clients.lambda_, clock=clock, current=settings.layer_arns)
        hub = Hub(
            events=clients.events,
            bus_arn=settings.hub_bus_arn,
            account=settings.account_id,
            region=settings.aws_region,
            clock=clock,
        )
        run = Run(
            settings=settings,
            clients=clients,
            clock=clock,
            memory=memory,
            carrying=_carrying(settings, clients, clock),
            reporting=Reporting(hub=hub, settings=settings),
            whereabouts=Whereabouts(ec2=clients.ec2),
            layers=layers,
        )
        leaving = Leaving(
            settings=settings,
            clients=clients,
            clock=clock,
            memory=memory,
            hub=hub,
            layers=layers,
            answering=Answering(clock=clock),
        )
        return cls(run=run, leaving=leaving)


def _carrying(settings: Settings, clients: Clients, clock: Clock) -> Carrying:
    return Carrying(
        stacks=Stacks(calls=Calls(cloudformation=clients.cloudformation), clock=clock),
        clock=clock,
        member=settings.member,
        template=TEMPLATE.read_text(encoding="utf-8"),
        parameters={"LogRetentionDays": settings.log_retention_days},
    )


def from_environment(environ: Mapping[str, str]) -> Member:
    """Raises SettingsError naming every variable that is missing or malformed."""
    settings = Settings.from_environment(environ)
    return Member.make(settings, Clients.make(settings), Clock.from_environment(environ))
