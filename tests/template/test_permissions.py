"""The reasons of all statements are complete both ways, and the document says what they say."""

from lab.iam import document, grants


def test_every_statement_has_its_reason_and_every_reason_its_statement():
    assert grants.missing() == []


def test_every_statement_has_a_name_of_its_own():
    names = [statement.name for statement in grants.statements()]
    assert len(names) == len(set(names))
    assert all(statement.sid for statement in grants.statements())


def test_the_document_is_what_the_templates_say():
    assert document.PATH.read_text(encoding="utf-8") == document.text(), "run `make permissions`"


def test_the_installers_calls_are_told_for_every_kind_of_resource_and_no_other():
    assert set(document.installer()) == set(document.kinds())
