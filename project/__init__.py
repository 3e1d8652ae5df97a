"""The site around the engine: settings from the environment, URLs, the server and the demo."""
