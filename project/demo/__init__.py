"""The demo: an invented shop. `workers` do the steps of its orders, `customers` place them, `scenarios` says what goes wrong.

Workers and customers talk to the engine over HTTP only, as programs on other machines would.
"""
