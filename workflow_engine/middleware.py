"""`correlate`: names every request of the site, the admin's too, so that log records of one request can be found together.

    MIDDLEWARE = ["workflow_engine.middleware.correlate", ...]

The REST API does so by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from workflow_engine import correlation

Handler = Callable[[HttpRequest], HttpResponseBase]


def correlate(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        correlation_id = correlation.id_of(request.META)
        with correlation.bound(correlation_id=correlation_id):
            response = get_response(request)
        response.headers[correlation.REQUEST_HEADER] = correlation_id
        return response

    return middleware
