"""Strings from outside made harmless before they stand in a message.

Attackers choose session names, user agents, tags, resource names, response bodies, certificate
fields and DNS names. Decided here: how each of them may look in plain text and in chat markdown.
"""

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_\[\]|~])")
_MENTION = re.compile(r"@(?=(?:channel|here|everyone|all)\b)", re.IGNORECASE)
_SCHEME = re.compile(r"\b(h)tt(ps?)(://)", re.IGNORECASE)
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
LIMIT = 256


def plain(text: object, limit: int = LIMIT) -> str:
    """One visible line of at most `limit` characters.

    Control, format (zero width, bidi) and unassigned characters become their code point in
    angle brackets, so that a forged line or a reversed text is seen and not obeyed.
    """
    shown = "".join(_visible(char) for char in str(text)[: limit * 2])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _visible(char: str) -> str:
    if char in "\n\r\t":
        return " "
    return f"<U+{ord(char):04X}>" if unicodedata.category(char) in _HIDDEN else char


def outside(text: object, limit: int = LIMIT) -> str:
    """`plain`, with links defanged and mass mentions broken: for every string from outside."""
    return _MENTION.sub("(at)", _SCHEME.sub(r"\1xx\2\3", plain(text, limit)))


def markdown(text: object, limit: int = LIMIT) -> str:
    """`outside`, escaped for chat markdown; `& < >` as entities, so no `<!channel>` or `<@U1>`."""
    safe = outside(text, limit)
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", safe)


def fenced(text: str) -> str:
    """Text of several lines as a chat code block that its content cannot leave.

    Entities are needed within the fence too: chat clients resolve `<!channel>` before they parse
    markdown.
    """
    safe = text.replace("```", "'''")
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"```\n{safe}\n```"


def subject(text: str) -> str:
    """An SNS Subject: below 100 characters, no line break or control character, and ASCII alone.

    Where SNS takes no other (it long did not), one name in another script would lose the page.
    """
    safe = plain(text).replace("…", "...").encode("ascii", "replace").decode("ascii")
    return safe if len(safe) < 100 else f"{safe[:96]}..."
