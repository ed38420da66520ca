"""An API and, beside it, what Gatewatch expects of it, with the AWS CDK. Whoever deletes the stack
deletes the check."""

import json

from aws_cdk import Aws, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ssm as ssm
from constructs import Construct


class OrdersStack(Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        api = apigateway.RestApi(self, "Api", rest_api_name="orders-api")
        api.root.add_resource("health").add_method("GET", api_key_required=True)
        host = f"{api.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        ssm.StringParameter(
            self,
            "OrdersCheck",
            parameter_name="/gatewatch/endpoints/orders-api",
            description="Read by Gatewatch; docs/registry.md says what may stand here.",
            string_value=json.dumps(
                {
                    "url": f"https://{host}/prod/health",
                    "auth": {"api_key": "ssm:/gatewatch/secrets/orders"},
                    "expect": {"status": 200, "latency": "2s", "resolves_to": "public"},
                    "from": {"tags": {"stage": "prod"}},
                    "owner": "payments",
                    "runbook": "https://wiki.example.com/orders",
                }
            ),
        )
