"""Who asks. People come with the site's session (and its CSRF token), workers with HTTP Basic or a bearer token.

No request is authenticated by two of them: a session cookie counts only where no Authorization header was sent.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from workflow_engine.rest import verified_credentials, worker_tokens

CHALLENGE = 'Basic realm="default", charset="UTF-8"'
MAX_HEADER = 4_096


def _authorization(request: Request) -> tuple[str, str]:
    """Scheme in lower case and credentials; ("", "") without the header."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if len(header) > MAX_HEADER:
        raise AuthenticationFailed("The Authorization header is too long.")
    scheme, _, credentials = header.partition(" ")
    return scheme.lower(), credentials.strip()


class WorkerToken(BaseAuthentication):
    """`Authorization: Bearer ...` with the token of a worker credential."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, token = _authorization(request)
        if scheme != "bearer":
            return None
        principal = worker_tokens.principal_of(token)
        if principal is None:
            raise AuthenticationFailed("The bearer token is unknown, revoked or expired.")
        return principal, principal.credential

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class BasicCredentials(BaseAuthentication):
    """`Authorization: Basic ...` with the name and password of an active user."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, credentials = _authorization(request)
        if scheme != "basic":
            return None
        try:
            username, colon, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise AuthenticationFailed("The Authorization header is not valid.") from None
        # PostgreSQL refuses NUL in a text; nobody can have such a name.
        user = (
            verified_credentials.verify(request._request, username, password)
            if colon and "\0" not in username + password
            else None
        )
        if user is None:
            raise AuthenticationFailed("User name or password is wrong.")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionWithCsrf(SessionAuthentication):
    """The site's login, with the CSRF token in every request that changes something."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _ = _authorization(request)
        if scheme:
            raise AuthenticationFailed("The Authorization header must be Basic or Bearer.")
        return super().authenticate(request)

    def enforce_csrf(self, request: Request) -> None:
        # Django's own request: DRF's would look for a parser to find the token of a form.
        super().enforce_csrf(request._request)  # type: ignore[arg-type]
