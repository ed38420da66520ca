"""AWS as the placer's reading needs it: what moto lacks, and calls that are denied."""

from typing import Any

from botocore.exceptions import ClientError


class Functions:
    """Lambda: functions by name, as GetFunctionConfiguration tells them."""

    def __init__(self) -> None:
        self.configurations: dict[str, dict[str, Any]] = {}

    def get_account_settings(self) -> dict[str, Any]:
        limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}
        return {"AccountLimit": limit}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:
        if FunctionName not in self.configurations:
            error = {"Error": {"Code": "ResourceNotFoundException"}}
            raise ClientError(error, "GetFunctionConfiguration")
        return self.configurations[FunctionName]


class Formation:
    """CloudFormation: stacks by name, as DescribeStacks tells them."""

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, str]] = []

    def get_paginator(self, operation: str) -> Any:
        return Pages([{"StackSummaries": list(self.stacks.values())}], operation == "list_stacks")

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        return {"Stacks": [self.stacks[StackName]]}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:
        return {"StackEvents": self.events}


class Pages:
    def __init__(self, pages: list[dict[str, Any]], known: bool) -> None:
        assert known
        self.pages = pages

    def paginate(self, StackStatusFilter: list[str]) -> list[dict[str, Any]]:
        assert "DELETE_COMPLETE" not in StackStatusFilter
        return self.pages


class Denying:
    """A client that one operation is denied of, paged or not."""

    def __init__(self, inner: Any, operation: str) -> None:
        self.inner, self.operation = inner, operation

    def _deny(self, *_: Any, **__: Any) -> Any:
        raise ClientError({"Error": {"Code": "UnauthorizedOperation"}}, self.operation)

    def get_paginator(self, name: str) -> Any:
        return self._deny() if name == self.operation else self.inner.get_paginator(name)

    def __getattr__(self, name: str) -> Any:
        return self._deny if name == self.operation else getattr(self.inner, name)
