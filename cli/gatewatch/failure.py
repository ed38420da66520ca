"""Why a command could not do its work, with its exit code: the codes of docs/cli.md."""

OK = 0
CHECK_FAILED = 1
USAGE = 2
ENVIRONMENT = 3
PARTIAL = 4


class Failed(Exception):
    """Raised by a command: the text is one line that says what, and how to mend it."""

    def __init__(self, text: str, *, code: int = ENVIRONMENT) -> None:
        super().__init__(text)
        self.code = code
