"""One publication: what is there is read, what changes is known, and then it is done.

Decided here: the order (buckets, objects, StackSet or stacks) and that a run that was cut short is
taken up by the next one: each part is looked at again, and what is right is left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gatewatch.failure import Failed
from gatewatch.publishing.artefacts import Artefact
from gatewatch.publishing.aws import Client
from gatewatch.publishing.bucket_policy import Readers
from gatewatch.publishing.buckets import Bucket, Buckets
from gatewatch.publishing.plain import PlainStacks, Stack
from gatewatch.publishing.plan import Model, Plan, Present, Wanted, plan
from gatewatch.publishing.request import Request, call_as, chosen, prefix_of, wanted
from gatewatch.publishing.stackset import Ended, StackSet
from gatewatch.publishing.surroundings import Surroundings
from gatewatch.publishing.template import Rendered
from gatewatch.publishing.terms import TAGS, Terms
from probing.clock import Clock

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """All that was read, and what follows from it. `stacks` are those of a plain publication;
    `under_way` are operations of the StackSet that have not ended."""

    wanted: Wanted
    rendered: Rendered
    objects: Mapping[str, bytes]
    present: Present | None
    plan: Plan
    buckets: tuple[Bucket, ...]
    stacks: tuple[Stack, ...] = ()
    under_way: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(
            self.plan.steps or self.stacks or any(b.missing or b.amiss for b in self.buckets)
        )

    def parameters_of(self, stack: Stack) -> dict[str, str]:
        """What a plain stack gets: what was chosen for it before, and what is wanted now."""
        return parameters_of(stack, self.wanted, self.rendered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes by one identity from one Region."""

    client: Client
    clock: Clock
    request: Request
    around: Surroundings

    @property
    def stackset(self) -> StackSet:
        return StackSet(
            client=self.client("cloudformation", self.around.region),
            name=self.request.name,
            clock=self.clock,
            call_as=call_as(self.request, self.around),
        )

    def present(self) -> Present | None:
        """The StackSet as it is; None for a plain publication, which has none."""
        return None if self.request.plain else self.stackset.read()

    def prefix(self, present: Present | None) -> str:
        return prefix_of(self.request, present, self.around.account)

    def look(
        self, rendered: Rendered, packages: Mapping[str, Artefact], present: Present | None
    ) -> Outlook:
        """Read everything, change nothing."""
        asked = wanted(self.request, rendered, self.around, present)
        objects = {package.key: package.data for package in packages.values()}
        objects[rendered.key] = rendered.text.encode()
        buckets = self._buckets(self.prefix(present), asked, present)
        found = tuple(buckets.look(region, objects) for region in _reached(asked, present))
        if self.request.plain:
            stacks = tuple(self._plain().read(region) for region in asked.regions)
            behind = tuple(
                s
                for s in stacks
                if not s.follows(asked.template, parameters_of(s, asked, rendered))
            )
            return Outlook(
                wanted=asked,
                rendered=rendered,
                objects=objects,
                present=None,
                plan=Plan(),
                buckets=found,
                stacks=behind,
            )
        return Outlook(
            wanted=asked,
            rendered=rendered,
            objects=objects,
            present=present,
            plan=plan(asked, present),
            buckets=found,
            under_way=self.stackset.under_way() if present else (),
        )

    def settle(self, say: Say) -> None:
        """Wait for operations that an earlier run, or somebody else, has begun."""
        for operation in self.stackset.under_way():
            say(f"waiting for operation {operation}, which is under way")
            self.stackset.wait(operation, lambda line: say(f"  {line}"))

    def do(self, outlook: Outlook, say: Say) -> tuple[Ended, ...]:
        """Do what the outlook says; how each operation ended. Ends after one that failed."""
        prefix = self.prefix(outlook.present)
        buckets = self._buckets(prefix, outlook.wanted, outlook.present)
        for bucket in outlook.buckets:
            self._fill(buckets, bucket, outlook.objects, say)
        for stack in outlook.stacks:
            asked = self._asked_of_stack(buckets, outlook, stack)
            self._plain().follow(stack, asked, say)
        terms, ended = self._terms(buckets, outlook), []
        for step in outlook.plan.steps:
            where = ", ".join([*step.places, *step.regions]) or self.request.name
            say(f"{step.act}: {where}")
            operation = self.stackset.do(step, terms)
            if operation is None:
                continue
            ended.append(self.stackset.wait(operation, lambda line: say(f"  {line}")))
            if ended[-1].status != "SUCCEEDED":
                break
        return tuple(ended)

    def _fill(
        self, buckets: Buckets, bucket: Bucket, objects: Mapping[str, bytes], say: Say
    ) -> None:
        if bucket.amiss:
            buckets.ready(bucket)
            say(f"bucket {bucket.name}: {'set right' if bucket.exists else 'made'}")
        for key in bucket.missing:
            buckets.upload(bucket, key, objects[key])
            say(f"bucket {bucket.name}: {key}")

    def _buckets(self, prefix: str, asked: Wanted, present: Present | None) -> Buckets:
        return Buckets(
            client=self.client,
            account=self.around.account,
            owner=self.request.store.owner or self.around.account,
            partition=self.around.partition,
            prefix=prefix,
            readers=self._readers(asked, present),
        )

    def _readers(self, asked: Wanted, present: Present | None) -> Readers:
        """The organisation where there is one, else the accounts that have or get a member."""
        organization = self.request.store.organization or self.around.organization
        if organization or self.request.plain:  # an account reads its own buckets anyway
            return Readers(organization=organization)
        if asked.model is Model.SERVICE:
            raise Failed(
                "which organisation may read the code? organizations:DescribeOrganization told "
                "nothing: give --organization o-..., or --kind self-managed for a list of accounts"
            )
        there = present.instances if present else frozenset()
        accounts = {instance.place for instance in asked.instances | there}
        return Readers(accounts=tuple(sorted(accounts)))

    def _plain(self) -> PlainStacks:
        return PlainStacks(client=self.client, name=self.request.name, clock=self.clock)

    def _asked_of_stack(self, buckets: Buckets, outlook: Outlook, stack: Stack) -> dict[str, Any]:
        return {
            "TemplateURL": buckets.url(stack.region, outlook.rendered.key),
            "Parameters": [
                {"ParameterKey": k, "ParameterValue": v}
                for k, v in outlook.parameters_of(stack).items()
            ],
            "Capabilities": [outlook.rendered.capability],
            "Tags": TAGS,
        }

    def _terms(self, buckets: Buckets, outlook: Outlook) -> Terms:
        asked = outlook.wanted
        return Terms(
            template_url=buckets.url(asked.regions[0], outlook.rendered.key),
            parameters=asked.parameters,
            capability=outlook.rendered.capability,
            model=asked.model,
            auto_deployment=asked.auto_deployment,
            regions=_reached(asked, outlook.present),
            preferences=self.request.preferences,
            excluded=asked.excluded,
            roles=self.request.roles,
        )


def parameters_of(stack: Stack, asked: Wanted, rendered: Rendered) -> dict[str, str]:
    kept = chosen(stack.template or {}, stack.parameters or {}, rendered.parameters)
    return kept | dict(asked.parameters)


def _reached(asked: Wanted, present: Present | None) -> tuple[str, ...]:
    """The Regions asked for, and those of members that nothing asks for any more: an update of the
    StackSet comes to these too, and looks for its code there."""
    there = sorted({i.region for i in present.instances}) if present else []
    return tuple(dict.fromkeys([*asked.regions, *there]))
