"""Addresses of a site that has not mounted the API."""

urlpatterns: list[object] = []
