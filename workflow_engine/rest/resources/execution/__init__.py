"""/execution: the tokens and scopes of an instance."""
