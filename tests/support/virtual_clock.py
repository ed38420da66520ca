"""A clock that stands still until it is told to go: the methods of `probing.clock.Clock`."""


class VirtualClock:
    def __init__(self, now_at: float) -> None:
        self.at = now_at

    def now_at(self) -> float:
        return self.at

    def real_now_at(self) -> float:
        return self.at

    def monotonic_seconds(self) -> float:
        return self.at

    def sleep_seconds(self, seconds: float) -> None:
        self.at += max(0.0, seconds)

    def sleep_until(self, at: float) -> None:
        self.at = max(self.at, at)

    def to_real_seconds(self, seconds: float) -> float:
        return seconds
