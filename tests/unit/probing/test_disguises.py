"""What is looked for of a secret in a text, and what is not."""

import base64
import html
import json
from urllib.parse import quote

import pytest

from probing.secret import Secret, redact, redact_all

VALUE = "Zq9\"\\+/=&<%é 0123456789'abcdefXYZw"
RAW = VALUE.encode()


def said(text):
    return redact(text, [Secret(VALUE)])


@pytest.mark.parametrize("before", ["", "x", "xy", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_base64_hides_nothing_wherever_the_value_stands_in_it(before, encode, charset):
    text = encode(before.encode() + VALUE.encode(charset) + b" and more").decode()
    kept = said(f"<{text}>")
    assert "***" in kept and len(kept) < len(text) - len(RAW)


@pytest.mark.parametrize(
    "text",
    [
        VALUE,
        VALUE.upper(),
        RAW.decode("latin-1"),
        VALUE.encode("latin-1").decode("utf-8", "replace"),
        "\0".join(VALUE).replace("\0", " "),
        json.dumps(VALUE),
        json.dumps(VALUE, ensure_ascii=False).replace("/", "\\/"),
        json.dumps(json.dumps(VALUE)),
        html.escape(VALUE),
        "".join(f"&#{ord(sign)};" for sign in VALUE),
        quote(VALUE, safe="").lower(),
        quote(quote(VALUE, safe=""), safe=""),
        repr(VALUE),
        RAW.hex().upper(),
        base64.b64encode(quote(VALUE, safe="").encode()).decode(),
        base64.b64encode(base64.b64encode(RAW)).decode(),
        "0123456789'abcdefXYZw",
    ],
    ids=lambda text: text[:24],
)
def test_the_value_is_hidden_in_every_form(text):
    kept = said(f"before {text} after")
    assert kept in ("before *** after", 'before "***" after', "***") or "0123" not in kept
    assert "***" in kept and "456789" not in kept and "cdefx" not in kept.lower()


@pytest.mark.parametrize("length", range(8, len(VALUE)))
def test_a_form_that_the_end_of_a_text_cuts_is_hidden(length):
    assert said(f"key: {VALUE[:length]}") == "key: ***"


@pytest.mark.parametrize("encode", [base64.b64encode, bytes.hex, lambda raw: quote(quote(raw))])
def test_a_long_token_that_is_cut_is_hidden_however_it_is_encoded(encode):
    token = "eyJhbGciOiJSUzI1NiJ9.%" + "Ab0_" * 700
    said = (
        encode(encode(token.encode()).encode()) if encode is bytes.hex else encode(token.encode())
    )
    text = said.decode() if isinstance(said, bytes) else said
    assert redact(text[:1024], [Secret(f"Bearer {token}")]) == "***"


@pytest.mark.parametrize(
    "text", ["", "no", "Zq9", "nothing of it %41 &amp; \\u0041", "abcdefgh" * 20]
)
def test_what_is_no_form_stays(text):
    assert said(text) == text


def test_what_stands_in_a_form_of_its_own_is_masked_before_anything_is_decoded():
    encoded = "Basic " + base64.b64encode(b"watch:pa55word!").decode()
    told = redact(f"not known: {encoded} pa55word!", [Secret("pa55word!"), Secret(encoded)])
    assert told == "not known: *** ***"


def test_overlapping_forms_leave_one_mask():
    assert redact("xabcdabcdabx", [Secret("abcdabcd"), Secret("abcd")]) == "x***abx"
    assert redact("İ abcdefgh İ", [Secret("abcdefgh")]) == "İ *** İ"


def test_data_is_redacted_value_by_value_and_stays_data():
    data = {"status": 200, "a": [VALUE, 1.5, None, {"b": VALUE}], "sans": (VALUE,)}
    told = {"status": 200, "a": ["***", 1.5, None, {"b": "***"}], "sans": ("***",)}
    assert redact_all(data, [Secret(VALUE)]) == told


def test_basic_is_known_by_what_it_encodes_and_a_pem_by_its_key_alone():
    basic = Secret("Basic " + base64.b64encode(b"watch:pa55word!").decode())
    assert redact("watch:pa55word! Basic watch", [basic]) == "*** Basic watch"
    key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    pem += f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"
    assert redact(f"MIIB {key}", [Secret(pem)]) == "MIIB ***"
