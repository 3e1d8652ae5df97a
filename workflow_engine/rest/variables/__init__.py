"""Typed variable values between JSON and the engine, and the endpoints that read and write them."""
