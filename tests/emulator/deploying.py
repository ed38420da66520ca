"""Deploying a template to the emulator and waiting for its stack."""

from typing import Any

from botocore.exceptions import ClientError

from tests.emulator.process import ACCOUNT, until

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
         "Action": "sts:AssumeRole"}
    ],
}  # fmt: skip


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]


def status(cfn: Any, stack: str) -> str:
    try:
        return cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError:
        return "DELETE_COMPLETE"


def deploy(
    emulator, stack: str, template: str, key: str = ACCOUNT, **values: str
) -> dict[str, str]:
    cfn = emulator.client("cloudformation", key)
    cfn.create_stack(
        StackName=stack, TemplateBody=template, Parameters=parameters(**values),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )  # fmt: skip
    until(lambda: status(cfn, stack) != "CREATE_IN_PROGRESS")
    assert status(cfn, stack) == "CREATE_COMPLETE", cfn.describe_stack_events(StackName=stack)
    outputs = cfn.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {one["OutputKey"]: one["OutputValue"] for one in outputs}
