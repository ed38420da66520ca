"""A VPC with several canaries, one for each path class: all are asked at once, and it fails when
one of them sees failing.

A vantage is the VPC, so its canaries make one answer: failing before unknown before ok. One that
gave no answer leaves unknown what no other sees failing; it never makes anything good.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from aws_lambda_powertools import Logger

from checker.canary_call import NoAnswer
from probing.clock import Clock
from probing.outcome import Failure, Outcome, Stage, State, Step
from probing.wire import Answer, Probe, Work

WORST_FIRST = (State.FAILING, State.UNKNOWN, State.OK)

Call = Callable[[str, Work], Answer]

logger = Logger(child=True)


def together(call: Call, further: Sequence[str], clock: Clock) -> Call:
    """`call`, which asks `further` canaries too and gives what the worst of them saw. Raises
    NoAnswer when none answered."""
    if not further:
        return call

    def ask(first: str, work: Work) -> Answer:
        functions = (first, *further)
        with ThreadPoolExecutor(len(functions)) as pool:
            told = dict(
                zip(functions, pool.map(lambda f: _told(call, f, work), functions), strict=True)
            )
        answers = [answer for answer in told.values() if isinstance(answer, Answer)]
        if not answers:
            raise NoAnswer("; ".join(str(reason) for reason in told.values()))
        outcomes = tuple(_worst(probe, told, clock.now_at()) for probe in work.probes)
        return replace(answers[0], outcomes=outcomes)

    return ask


def _told(call: Call, function: str, work: Work) -> Answer | str:
    """The canary's answer, or why there is none."""
    try:
        return call(function, work)
    except NoAnswer as error:
        logger.warning("canary gave no answer", function=function, reason=str(error))
        return str(error)


def _worst(probe: Probe, told: Mapping[str, Answer | str], now_at: float) -> Outcome:
    seen = {function: _outcome(probe, answer, now_at) for function, answer in told.items()}
    where = min(seen, key=lambda function: WORST_FIRST.index(seen[function].state))
    worst = seen[where]
    if worst.state is State.OK:
        return worst
    return replace(worst, seen_from=where)


def _outcome(probe: Probe, answer: Answer | str, now_at: float) -> Outcome:
    if isinstance(answer, str):
        return _ours(probe, answer, now_at)
    key = (probe.endpoint.id, probe.view)
    told = {(outcome.endpoint, outcome.view): outcome for outcome in answer.outcomes}
    return told.get(key) or _ours(probe, "the canary left this probe out", now_at)


def _ours(probe: Probe, why: str, now_at: float) -> Outcome:
    failure = Failure.CANARY_ERROR
    return Outcome(
        endpoint=probe.endpoint.id,
        view=probe.view,
        state=State.UNKNOWN,
        started_at=now_at,
        ended_at=now_at,
        steps=(Step(stage=Stage.RESOLVE, elapsed_ms=0.0, failure=failure, detail=why),),
        reason=f"{failure}: {why}",
    )
