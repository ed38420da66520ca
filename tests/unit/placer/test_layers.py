"""Layer versions: those that nobody names go, after a day; all of them when the member leaves."""

from datetime import UTC, datetime

import pytest

from placer.layers import Layers
from tests.support.virtual_clock import VirtualClock

NOW = 1_800_000_000.0
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:gatewatch"


class Lambda:
    """Layer versions by ARN with their age in hours; functions by the layers that they name."""

    def __init__(self, ages, functions):
        self.ages, self.functions, self.deleted = ages, functions, []

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def list_layer_versions(self, LayerName):
        found = [arn for arn in self.ages if arn.rpartition(":")[0] == LayerName]
        return [{"LayerVersions": [self.version(arn)]} for arn in found]

    def version(self, arn):
        made = datetime.fromtimestamp(NOW - self.ages[arn] * 3600, UTC)
        text = made.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        return {
            "LayerVersionArn": arn,
            "Version": int(arn.rpartition(":")[2]),
            "CreatedDate": text,
        }

    def list_functions(self):
        return [
            {"Functions": [{"Layers": [{"Arn": arn} for arn in arns]}, {}]}
            for arns in self.functions
        ]

    def delete_layer_version(self, LayerName, VersionNumber):
        self.deleted.append(f"{LayerName}:{VersionNumber}")


class Pages:
    def __init__(self, pages):
        self.paginate = pages


def layers(ages, functions=()):
    current = (f"{LAYER}-canary:3", f"{LAYER}-probing:7")
    client = Lambda({f"{LAYER}-{name}": age for name, age in ages.items()}, functions)
    return client, Layers(lambda_=client, clock=VirtualClock(NOW), current=current)


@pytest.mark.parametrize(
    "ages, functions, gone",
    [
        pytest.param({"canary:2": 25}, [], ["canary:2"], id="nobody names it"),
        pytest.param({"canary:2": 23}, [], [], id="younger than a day"),
        pytest.param({"canary:3": 99, "probing:7": 99}, [], [], id="this release's"),
        pytest.param(
            {"canary:1": 99, "canary:2": 99}, [[f"{LAYER}-canary:2"]], ["canary:1"], id="in use"
        ),
        pytest.param({"other:1": 99}, [], [], id="somebody else's"),
    ],
)
def test_what_goes_each_day(ages, functions, gone):
    client, made = layers(ages, functions)
    assert list(made.tidy(set())) == client.deleted == [f"{LAYER}-{name}" for name in gone]


def test_what_a_canary_stack_names_stays_though_no_function_does():
    client, made = layers({"canary:1": 99, "canary:2": 99})
    assert made.tidy({f"{LAYER}-canary:2"}) == (f"{LAYER}-canary:1",)
    assert client.deleted == [f"{LAYER}-canary:1"]


def test_all_go_with_the_member():
    client, made = layers({"canary:2": 9, "canary:3": 1, "probing:7": 0, "other:1": 99})
    made.forget()
    assert client.deleted == [f"{LAYER}-canary:2", f"{LAYER}-canary:3", f"{LAYER}-probing:7"]
