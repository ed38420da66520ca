"""With what a call was made: the tool, from the marks that it leaves in a record.

Decided here: the name of the tool. Not decided here: who used it (`actors.py`).
Sources: user agents of public recorded events, and (userAgent, sessionCredentialFromConsole)
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from reasoning.change import Tool
from reasoning.cloudtrail import Record
from reasoning.values import member, text

CLOUDFORMATION = "cloudformation.amazonaws.com"
CONSOLE = "console"

# First match wins: tools that carry an SDK's or another tool's mark come before it (Pulumi's
# provider is Terraform's; CLI 1 says Botocore; Ansible says Boto3).
_MARKS = (
    ("pulumi/", "Pulumi"),
    ("pulumi-", "Pulumi"),
    ("opentofu/", "OpenTofu"),
    ("terraform/", "Terraform"),
    ("terraform-provider-aws", "Terraform"),
    ("crossplane", "Crossplane"),
    ("ansible", "Ansible"),
    ("aws-cdk/", "AWS CDK"),
    ("cdk/", "AWS CDK"),
    ("aws-sam-cli/", "AWS SAM CLI"),
    ("aws-controllers-k8s", "AWS Controllers for Kubernetes"),
    ("karpenter", "Karpenter"),
    ("eksctl", "eksctl"),
    ("cloud-custodian", "Cloud Custodian"),
    ("aws-cli/", "AWS CLI"),
    ("awspowershell", "AWS Tools for PowerShell"),
    ("aws-tools-for-powershell", "AWS Tools for PowerShell"),
    ("boto3/", "AWS SDK for Python"),
    ("botocore/", "AWS SDK for Python"),
    ("aws-sdk-go", "AWS SDK for Go"),
    ("aws-sdk-java", "AWS SDK for Java"),
    ("aws-sdk-js", "AWS SDK for JavaScript"),
    ("aws-sdk-nodejs", "AWS SDK for JavaScript"),
    ("aws-sdk-dotnet", "AWS SDK for .NET"),
    ("aws-sdk-net", "AWS SDK for .NET"),
    ("aws-sdk-php", "AWS SDK for PHP"),
    ("aws-sdk-ruby", "AWS SDK for Ruby"),
    ("aws-sdk-rust", "AWS SDK for Rust"),
    ("aws-sdk-cpp", "AWS SDK for C++"),
    ("aws-sdk-kotlin", "AWS SDK for Kotlin"),
    ("aws-sdk-swift", "AWS SDK for Swift"),
)
_CONSOLE_AGENTS = ("mozilla/", "signin.amazonaws.com", "console.amazonaws.com", "s3console/")


def tool_of(record: Record) -> Tool:
    """The tool of a call; its name is "" when the record bears no mark that we know."""
    agent = record.user_agent.strip("[]")
    return Tool(name=_name(record, agent), user_agent=agent)


def is_cloudformation(record: Record) -> bool:
    """Whether CloudFormation made the call for somebody (it names itself in three places)."""
    marks = (invoked_by(record), record.user_agent, record.source_address)
    return CLOUDFORMATION in (mark.lower() for mark in marks)


def invoked_by(record: Record) -> str:
    """The service that called on somebody's behalf; "" when none did."""
    return text(record.identity.get("invokedBy"))


def role_of(record: Record) -> str:
    """The name of the role behind an assumed-role call; "" when there is none."""
    issuer = member(member(record.identity, "sessionContext"), "sessionIssuer")
    named = text(member(issuer, "userName"))
    if named:
        return named
    arn = text(record.identity.get("arn")).split(":assumed-role/")
    return arn[1].rpartition("/")[0] if len(arn) == 2 and "/" in arn[1] else ""


def _name(record: Record, agent: str) -> str:
    if is_cloudformation(record):
        return _behind_cloudformation(role_of(record))
    folded = agent.lower()
    marked = next((name for mark, name in _MARKS if mark in folded), "")
    if marked:
        return marked
    if record.from_console or folded.startswith(_CONSOLE_AGENTS):
        return CONSOLE
    if folded == "aws internal":
        # Both the console and services call themselves so; a service leaves its name beside it.
        return invoked_by(record) or CONSOLE
    return invoked_by(record) or (agent if folded.endswith(".amazonaws.com") else "")


def _behind_cloudformation(role: str) -> str:
    if is_stack_set_role(role):
        return "CloudFormation StackSets"
    if role.startswith("cdk-") and "-cfn-exec-role" in role:
        return "AWS CDK"
    return "CloudFormation"


def is_stack_set_role(role: str) -> bool:
    """The execution role of self-managed (fixed name) and service-managed StackSets
    (docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html)."""
    return role.startswith(("AWSCloudFormationStackSetExecutionRole", "stacksets-exec-"))
