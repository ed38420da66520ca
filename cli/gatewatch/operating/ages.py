"""Times as people who operate read them: how long ago. Pure."""


def age(seconds: float) -> str:
    """40 s, 12 min, 3 h, 5 d; of one thing in the future (clocks differ) 0 s."""
    seconds = max(0.0, seconds)
    for size, unit, below in ((1, "s", 100), (60, "min", 100), (3600, "h", 48)):
        if seconds / size < below:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def count(number: int, noun: str, plural: str = "") -> str:
    """1 VPC, 2 VPCs."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
