import pytest

from reasoning.private_dns import covers, is_aws_service, names_of

EXECUTE_API = ("execute-api.us-east-1.amazonaws.com", "*.execute-api.us-east-1.amazonaws.com")


@pytest.mark.parametrize(
    ("service", "region", "names"),
    [
        ("com.amazonaws.us-east-1.execute-api", "us-east-1", EXECUTE_API),
        ("execute-api", "us-east-1", EXECUTE_API),
        ("com.amazonaws.us-east-1.execute-api", "eu-west-1", EXECUTE_API),
        ("com.amazonaws.cn-north-1.execute-api", "cn-north-1",
         ("execute-api.cn-north-1.amazonaws.com.cn", "*.execute-api.cn-north-1.amazonaws.com.cn")),
        ("cn.com.amazonaws.cn-north-1.execute-api", "cn-north-1",
         ("execute-api.cn-north-1.amazonaws.com.cn", "*.execute-api.cn-north-1.amazonaws.com.cn")),
        ("com.amazonaws.us-gov-west-1.sqs", "us-gov-west-1", ("sqs.us-gov-west-1.amazonaws.com",)),
        ("com.amazonaws.us-east-1.ecr.api", "us-east-1", ("api.ecr.us-east-1.amazonaws.com",)),
        ("com.amazonaws.us-east-1.ecr.dkr", "us-east-1",
         ("dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com")),
        ("aws.api.us-east-1.kendra-ranking", "us-east-1", ("kendra-ranking.us-east-1.api.aws",)),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718", "us-east-1", ()),
        ("", "us-east-1", ()),
        ("execute-api", "", ()),
        ("not a service", "us-east-1", ()),
        ("com.example.thing", "us-east-1", ()),
    ],
)  # fmt: skip
def test_the_names_follow_from_the_service_name(service, region, names):
    assert names_of(service, region) == names


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", True),
        ("A1B2C3D4E5.Execute-Api.US-EAST-1.amazonaws.com.", True),
        ("a1b2c3d4e5-vpce-0a1b.execute-api.us-east-1.amazonaws.com", True),
        ("deeper.a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", True),
        ("execute-api.us-east-1.amazonaws.com", True),
        (".execute-api.us-east-1.amazonaws.com", False),
        ("a1b2c3d4e5.execute-api.us-east-2.amazonaws.com", False),
        ("xexecute-api.us-east-1.amazonaws.com", False),
        ("vpce-0a1b.execute-api.us-east-1.vpce.amazonaws.com", False),
        ("api.example.com", False),
        ("", False),
    ],
)
def test_a_wildcard_covers_every_depth_below_it_and_nothing_else(host, covered):
    assert covers(EXECUTE_API, host) is covered


@pytest.mark.parametrize(
    ("service", "aws"),
    [
        ("com.amazonaws.us-east-1.execute-api", True),
        ("aws.api.us-east-1.kendra-ranking", True),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f60718", False),
        ("", False),
    ],
)
def test_a_customers_endpoint_service_is_not_of_aws(service, aws):
    assert is_aws_service(service) is aws
