"""What `make build` made, the stands that it runs on, and a table of weights and import times."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.artefacts import built, rie

ROW = "artefacts"
"""Rows travel with the reports of their tests: who prints them may be another process."""


class Table:
    def __init__(self, node: pytest.Item) -> None:
        self._node = node

    def append(self, row: str) -> None:
        self._node.user_properties.append((ROW, row))

    def extend(self, rows: Iterable[str]) -> None:
        for row in rows:
            self.append(row)


def pytest_terminal_summary(terminalreporter) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    rows = [row for one in reports for name, row in one.user_properties if name == ROW]
    if rows:
        terminalreporter.section("artefacts")
        terminalreporter.write("".join(f"{row}\n" for row in rows))


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """Rows that are shown after the tests, also when they pass."""
    return Table(request.node)


@pytest.fixture(scope="session")
def build() -> Path:
    """The folder of the build. Absent, it fails: a test that is skipped would prove nothing."""
    if not (built.MEMBER / "template.yaml").is_file():
        pytest.fail("nothing is built: run `make build`", pytrace=False)
    return built.BUILD


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rie.make_runtime(tmp_path_factory.mktemp("runtime"))


@pytest.fixture
def artefact(build: Path) -> Callable[[str], built.Artefact]:
    """Canary, Checker, Recorder, Placer or Alerter, as its template has it."""

    def find(name: str) -> built.Artefact:
        if name == "Canary":
            return built.canary()
        folder = build if name == "Alerter" else built.MEMBER
        return built.function(folder / "template.yaml", name)

    return find


@pytest.fixture
def stand(
    artefact: Callable[[str], built.Artefact], runtime: Path, tmp_path: Path
) -> Callable[[str], rie.Stand]:
    """An artefact unpacked as Lambda unpacks it."""
    return lambda name: rie.unpack(artefact(name), runtime, tmp_path)
