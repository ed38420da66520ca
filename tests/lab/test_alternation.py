"""Which look-up a question belongs to, where old and new answers take turns."""

from lab.world.alternation import Turns

NAME, OTHER = (
    "o1.execute-api.us-east-1.amazonaws.com",
    "gw-4f1d.execute-api.us-east-1.amazonaws.com",
)


def test_who_asks_twice_for_each_look_up_meets_both_answers_by_turns():
    turns = Turns()
    asked = [turns.next(name, "A") for name in (NAME, NAME.upper() + ".", NAME, NAME)]
    assert asked == [0, 0, 1, 1]
    assert turns.next(NAME, "AAAA") == turns.next(OTHER, "A") == 0
