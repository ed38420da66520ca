"""Layers by name and by ARN, and what IAM checks of calls about them."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.emulator.process import ACCOUNT, REGION

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer"


@pytest.fixture
def layer(emulator):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("python/x.py", "")
    made = emulator.client("lambda").publish_layer_version(
        LayerName="tidied", Content={"ZipFile": packed.getvalue()}
    )
    return made["Version"]


def client(emulator, name, *statements):
    """Of a role with these statements alone."""
    iam, trust = emulator.client("iam"), {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    ]}  # fmt: skip
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    keys = emulator.client("sts").assume_role(
        RoleArn=role["Role"]["Arn"], RoleSessionName="tidier"
    )["Credentials"]
    return emulator.client(
        "lambda",
        keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def versions(of, name):
    return [one["Version"] for one in of.list_layer_versions(LayerName=name)["LayerVersions"]]


def test_a_layer_is_found_and_removed_by_its_arn_with_the_rights_for_it_alone(emulator, layer):
    tidier = client(
        emulator,
        "tidier",
        {"Effect": "Allow", "Action": "lambda:ListLayerVersions", "Resource": f"{ARN}:tidied"},
        {"Effect": "Allow", "Action": "lambda:DeleteLayerVersion", "Resource": f"{ARN}:tidied:*"},
    )
    assert layer in versions(tidier, f"{ARN}:tidied")
    assert versions(tidier, f"{ARN}:tidied") == versions(tidier, "tidied")
    tidier.delete_layer_version(LayerName=f"{ARN}:tidied", VersionNumber=layer)
    assert layer not in versions(tidier, "tidied")
    with pytest.raises(ClientError, match="lambda:ListLayerVersions"):
        versions(tidier, "others")


def test_to_list_layers_is_no_right_to_list_their_versions(emulator, layer):
    reader = client(
        emulator, "reader", {"Effect": "Allow", "Action": "lambda:ListLayers", "Resource": "*"}
    )
    with pytest.raises(ClientError, match="lambda:ListLayerVersions"):
        versions(reader, "tidied")
