"""The REST API under /engine-rest, as Camunda 7.24 speaks it. camelCase lives here and nowhere else.

A request goes this way: `base.EngineView` (who asks, may they, how large) -> a view in `resources/` -> a service for every
write, a named query of `listing/` for every list -> a plain dict -> JSON. Whatever goes wrong becomes an answer in `errors`.
"""
