"""Whatever stands in a registry entry, it becomes an endpoint or problems, never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probing.registration import READERS, parse
from reasoning import registry_file
from reasoning.document import read_endpoint

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
KEYS = st.sampled_from([*READERS, "api_key", "header", "secret", "status", "latency", "vpcs", ""])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=20,
)


def held(endpoint: Any, problems: tuple[Any, ...]) -> None:
    assert (endpoint is None) == bool(problems)
    assert all(str(problem) for problem in problems)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(KEYS, VALUES, max_size=8) | VALUES)
def test_any_data_is_an_endpoint_or_problems(raw: Any) -> None:
    held(*parse(raw, source="x", default_id="x"))


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=200) | st.text(alphabet="{}[]:,-&*!|>'\"#%@`? \n\tab01", max_size=60))
def test_any_text_is_an_endpoint_or_problems(text: str) -> None:
    held(*read_endpoint(text, source="x", default_id="x"))


@pytest.mark.parametrize(
    "scalar", ["!!bool foo", "!!int ''", "!!float ''", "!!int abc", "!!null x"]
)
def test_a_scalar_that_is_not_of_its_tag_is_an_endpoint_or_problems(scalar: str) -> None:
    held(*read_endpoint(f"url: {scalar}", source="x", default_id="x"))


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_json_says_the_same_as_the_data_in_it(raw: dict[str, Any]) -> None:
    text = json.dumps(raw, allow_nan=False, default=str) if _finite(raw) else "{}"
    held(*read_endpoint(text, source="x", default_id="x"))


def _finite(raw: Any) -> bool:
    try:
        json.dumps(raw, allow_nan=False)
    except ValueError:
        return False
    return True


FILE_KEYS = st.sampled_from([*registry_file.READERS, "urll"])
ENTRIES = st.lists(st.dictionaries(KEYS, VALUES, max_size=6) | VALUES, max_size=4)


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(FILE_KEYS, ENTRIES | VALUES, max_size=4) | VALUES)
def test_any_organisations_file_is_entries_problems_or_refused(raw: Any) -> None:
    read = registry_file.read(json.dumps(raw, default=str), "x")
    assert not (read.refused and (read.endpoints or read.problems or read.paused))
    assert len({endpoint.source for endpoint in read.endpoints}) == len(read.endpoints)
    assert len({endpoint.id for endpoint in read.endpoints}) == len(read.endpoints)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200) | st.text(alphabet="endpoits:-[]{}&*!|>' \n\t01", max_size=80))
def test_any_text_as_organisations_file_raises_nothing(text: str) -> None:
    registry_file.read(text, "x")
    registry_file.is_one(text, "x")
