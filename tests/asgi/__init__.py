"""Long polls under a real ASGI server, and the pieces of which that is made."""
