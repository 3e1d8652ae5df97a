"""What XML takes for a name without a colon (NCName): the form of every id in BPMN.

By the rule of XML 1.0 up to its fourth edition, by which XML Schema is defined: letters of every script, but no compatibility
forms of them; so does Camunda.
"""

from __future__ import annotations

import re
from unicodedata import category, decomposition

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_LETTERS = frozenset({"Ll", "Lu", "Lo", "Lt", "Nl"})
_AFTER_LETTERS = frozenset({"Mc", "Me", "Mn", "Lm", "Nd"})


def is_name(text: str) -> bool:
    """XML does not count the blanks around an attribute of this type."""
    text = text.strip(" \t\r\n")
    if _PLAIN.fullmatch(text):
        return True
    return text != "" and _may_begin(text[0]) and all(_may_follow(character) for character in text[1:])


def _may_begin(character: str) -> bool:
    return character == "_" or (category(character) in _LETTERS and _is_plain_form(character))


def _may_follow(character: str) -> bool:
    if character in ".-\u00b7" or _may_begin(character):
        return True
    return category(character) in _AFTER_LETTERS and _is_plain_form(character)


def _is_plain_form(character: str) -> bool:
    return character < "\uf900" and not decomposition(character).startswith("<")
