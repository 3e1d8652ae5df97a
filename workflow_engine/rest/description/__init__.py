"""The description of the API: tables of shapes and operations for each resource, made into an OpenAPI document.

The tables know neither OpenAPI's library nor a view: addresses, methods, permissions and list parameters are read off the
views themselves, so that only what code cannot tell is declared. Tests check every answer against the document.
"""
