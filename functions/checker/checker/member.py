"""The checker put together: what handles ticks and what handles looks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from checker.aws import Clients, own_credentials, secretsmanager_in
from checker.canary_call import CanaryCall
from checker.credential import Means, Signing
from checker.denied import Denied
from checker.describing import Describing
from checker.filters_read import FiltersRead
from checker.hub import Hub
from checker.inventory_read import InventoryRead
from checker.look import LookHandler
from checker.looking import Looking
from checker.looks import Looks
from checker.outsides import OutsideLook
from checker.registry import Register
from checker.secrets_read import Secrets
from checker.settings import Settings
from checker.showing import Showing
from checker.state import Table
from checker.stock import Stock
from checker.sweep import Sweep
from checker.tick import Tick
from checker.tokens import Fetch, Grant, Granted, Tokens
from checker.trail import Trail
from probing import means, run
from probing.clock import Clock
from probing.deadline import Deadline
from probing.own import own_addresses
from probing.wire import Answer, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The two handlers of the looks queue, and what tells when IAM denies them something."""

    tick: Tick
    look: LookHandler
    denied: Denied

    @classmethod
    def make(
        cls,
        settings: Settings,
        clients: Clients,
        clock: Clock,
        *,
        call: Callable[[str, Work], Answer] | None = None,
        outside: Callable[[Work], Answer] | None = None,
        token_call: Fetch | None = None,
    ) -> "Member":
        """Tests give their own `call` (asks a canary), `outside` look and `token_call`."""
        table = Table(dynamodb=clients.dynamodb, name=settings.table)
        looks = Looks(sqs=clients.sqs, queue_url=settings.looks_queue_url, clock=clock)
        hub = _hub(settings, clients, clock)
        inventory = _inventory(settings, clients, clock)
        denied = Denied(denials=clients.denials, table=table, hub=hub, clock=clock)
        stock = Stock(table=table, hub=hub, read=inventory)
        tick = _tick(settings, clients, clock, table, looks, stock, denied)
        showing = _showing(settings, clients, clock, token_call)
        looking = Looking(
            settings=settings,
            clock=clock,
            table=table,
            hub=hub,
            call=call or CanaryCall(lambda_=clients.lambda_),
            showing=showing,
            outside=_outside(settings, clock, table, showing, outside),
            describing=_describing(clients, clock, inventory),
        )
        look = LookHandler(table=table, clock=clock, looks=looks, looking=looking)
        return cls(tick=tick, look=look, denied=denied)


def _tick(
    settings: Settings,
    clients: Clients,
    clock: Clock,
    table: Table,
    looks: Looks,
    stock: Stock,
    denied: Denied,
) -> Tick:
    return Tick(
        settings=settings,
        clients=clients,
        clock=clock,
        table=table,
        looks=looks,
        hub=stock.hub,
        register=Register(settings=settings, clients=clients, clock=clock, table=table),
        stock=stock,
        trail=Trail(cloudtrail=clients.cloudtrail),
        sweep=Sweep(table=table, hub=stock.hub),
        denied=denied,
    )


def _describing(clients: Clients, clock: Clock, inventory: InventoryRead) -> Describing:
    filters = FiltersRead(ec2=clients.ec2, clock=clock)
    return Describing(inventory=inventory, filters=filters, clock=clock)


def _inventory(settings: Settings, clients: Clients, clock: Clock) -> InventoryRead:
    return InventoryRead(
        ec2=clients.ec2, account=settings.account_id, region=settings.aws_region, clock=clock
    )


def _hub(settings: Settings, clients: Clients, clock: Clock) -> Hub:
    return Hub(
        events=clients.events,
        bus_arn=settings.hub_bus_arn,
        account=settings.account_id,
        region=settings.aws_region,
        clock=clock,
    )


def _showing(
    settings: Settings, clients: Clients, clock: Clock, token_call: Fetch | None
) -> Showing:
    means = Means(
        secrets=_secrets(clients, clock),
        tokens=Tokens(fetch=token_call or partial(_token, settings.release), clock=clock),
        signing=Signing(
            credentials=own_credentials, region=settings.aws_region, api_arns=settings.api_arns
        ),
    )
    return Showing(means=means, clock=clock)


def _secrets(clients: Clients, clock: Clock) -> Secrets:
    return Secrets(
        ssm=clients.ssm,
        secretsmanager=clients.secretsmanager,
        clock=clock,
        elsewhere=secretsmanager_in,
    )


def _token(release: str, grant: Grant, deadline: Deadline) -> Granted:
    # Imported here: requests is slow to import, and few members have a token to fetch.
    from checker.token_call import TokenCall

    return TokenCall(release=release, own_addresses=own_addresses())(grant, deadline)


def _outside(
    settings: Settings,
    clock: Clock,
    table: Table,
    showing: Showing,
    run: Callable[[Work], Answer] | None,
) -> OutsideLook:
    return OutsideLook(
        table=table,
        showing=showing,
        run=run or _looks_from_here(settings, clock),
        probe_timeout_seconds=settings.probe_timeout,
    )


def _looks_from_here(settings: Settings, clock: Clock) -> Callable[[Work], Answer]:
    given = means.Means(release=settings.release)
    return partial(run.look, clock=clock, own_addresses=own_addresses(), means=given)
