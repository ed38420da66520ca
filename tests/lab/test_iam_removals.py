"""Every permission that our code uses is taken away once by `make iam`, and no other."""

from lab.iam import grants, removals
from lab.steps import KINDS


def test_every_permission_that_is_not_awss_own_is_taken_away_once():
    wanted = {
        f"{s.template} {s.role} {action}"
        for s in grants.statements()
        if s.effect == "Allow"
        for action in s.actions
        if action not in grants.reasons()[s.name].by_aws
        and action not in grants.reasons()[s.name].elsewhere
    }
    listed = [one.name for one in removals.removals()]
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted


def test_every_removal_has_one_sign_and_steps_that_there_are():
    for one in removals.removals():
        assert sum(bool(sign) for sign in (one.told, one.status, one.dead, one.harmless)) == 1, (
            one.name
        )
        assert {*one.provoke, *one.restore} <= set(removals.steps()), one.name
    assert {step["do"] for step in removals.steps().values()} <= {*KINDS, "forget", "send"}
