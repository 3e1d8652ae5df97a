"""Text into tokens: plain text outside `${...}` and `#{...}`, operators, names and literals inside.

A token is a tuple, its kind a sign or a word in capitals. A lexical error becomes the last token, so that a syntax error
before it is told first. Characters count as in Java, where a name may hold any letter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

MAX_LENGTH = 64 * 1024
MAX_TOKENS = 10_000

_SPACE = frozenset(
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
)
_WORDS = {
    "null": "NULL", "true": "TRUE", "false": "FALSE", "empty": "empty", "div": "/", "mod": "%", "not": "!", "and": "&&",
    "or": "||", "le": "<=", "lt": "<", "eq": "==", "ne": "!=", "ge": ">=", "gt": ">", "instanceof": "instanceof",
}  # fmt: skip
_DOUBLE_SIGNS = frozenset(("==", "!=", "<=", ">=", "&&", "||"))
_SINGLE_SIGNS = frozenset("*/%+-?:[](),<>!")
_NUMBER = re.compile(r"[0-9]*(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_START_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "Pc"))
_PART_CATEGORIES = _START_CATEGORIES | {"Nd", "Mn", "Mc", "Cf"}


class Token(NamedTuple):
    kind: str
    image: str
    position: int
    end: int


class _LexicalError(Exception):
    def __init__(self, position: int, encountered: str, expected: str) -> None:
        super().__init__(f"lexical error at position {position}, encountered {encountered}, expected {expected}")
        self.position = position


def tokens(text: str) -> list[Token]:
    """All tokens, closed by EOF, ERROR, or LIMIT when there are too many."""
    found: list[Token] = []
    position, inside = 0, False
    try:
        while position < len(text):
            if inside:
                while position < len(text) and text[position] in _SPACE:
                    position += 1
                if position == len(text):
                    break
                token = _code(text, position)
                inside = token.kind != "}"
            elif text.startswith(("${", "#{"), position):
                token = Token(text[position : position + 2], text[position : position + 2], position, position + 2)
                inside = True
            else:
                token = _plain(text, position)
            found.append(token)
            position = token.end
            if len(found) > MAX_TOKENS:
                found.append(Token("LIMIT", "", position, position))
                return found
    except _LexicalError as fault:
        found.append(Token("ERROR", str(fault), fault.position, fault.position))
        return found
    found.append(Token("EOF", "null", len(text), len(text)))
    return found


def _plain(text: str, start: int) -> Token:
    """Text up to the next `${`. A backslash before it makes it text; elsewhere a backslash is itself."""
    out: list[str] = []
    position, escaped = start, False
    while position < len(text):
        char = text[position]
        if char == "\\":
            if escaped:
                out.append("\\")
            escaped = True
        elif char in "#$" and text.startswith("{", position + 1):
            if not escaped:
                break
            out.append(char)
            escaped = False
        else:
            out.append("\\" + char if escaped else char)
            escaped = False
        position += 1
    if escaped:
        out.append("\\")
    return Token("TEXT", "".join(out), start, position)


def _code(text: str, start: int) -> Token:
    char = text[start]
    if text[start : start + 2] in _DOUBLE_SIGNS:
        return Token(text[start : start + 2], text[start : start + 2], start, start + 2)
    if char in _SINGLE_SIGNS or char == "}":
        return Token(char, char, start, start + 1)
    if char in "'\"":
        return _string(text, start)
    following = text[start + 1 : start + 2]
    if "0" <= char <= "9" or (char == "." and "0" <= following <= "9"):
        match = _NUMBER.match(text, start)
        assert match is not None
        return Token("FLOAT" if match[1] or match[2] else "INTEGER", match[0], start, match.end())
    if char == ".":
        return Token(".", ".", start, start + 1)
    if _starts_name(char):
        end = start + 1
        while end < len(text) and _continues_name(text[end]):
            end += 1
        image = text[start:end]
        return Token(_WORDS.get(image, "IDENTIFIER"), image, start, end)
    raise _LexicalError(start, f"invalid character '{char}'", "expression token")


def _string(text: str, start: int) -> Token:
    quote, out, position = text[start], list[str](), start + 1
    while position < len(text):
        char = text[position]
        position += 1
        if char == quote:
            return Token("STRING", "".join(out), start, position)
        if char == "\\":
            if position == len(text):
                raise _LexicalError(start, "unterminated string", f"{quote} or \\")
            char = text[position]
            position += 1
            if char not in ("\\", quote):
                raise _LexicalError(start, f"invalid escape sequence \\{char}", f"\\{quote} or \\\\")
        out.append(char)
    raise _LexicalError(start, "unterminated string", quote)


def _starts_name(char: str) -> bool:
    if char < "\x80":
        return char.isalpha() or char in "_$"
    return char <= "\uffff" and unicodedata.category(char) in _START_CATEGORIES


def _continues_name(char: str) -> bool:
    if char < "\x80":
        return char.isalnum() or char in "_$" or char <= "\x08" or "\x0e" <= char <= "\x1b" or char == "\x7f"
    return "\x80" <= char <= "\x9f" or (char <= "\uffff" and unicodedata.category(char) in _PART_CATEGORIES)
