"""An account whose every call has its answer beforehand, for the checks of preflight."""

from botocore.exceptions import ClientError

from gatewatch.preflight.findings import Account


def refused(code, message="no"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class Answers:
    """A client that answers by operation: a value, or an error to raise."""

    def __init__(self, answers):
        self.answers = answers

    def __getattr__(self, operation):
        def call(**_):
            answer = self.answers[operation]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation):
        pager = Answers({})
        pager.paginate = lambda **_: iter([getattr(self, operation)()])
        return pager


def account(publishes=False, caller="arn:aws:iam::111122223333:user/ops", **answers):
    return Account(
        client=lambda service, region: Answers(answers),
        region="eu-west-1",
        account="111122223333",
        caller_arn=caller,
        publishes=publishes,
    )


def verdicts(findings):
    return [finding.verdict.value for finding in findings]
