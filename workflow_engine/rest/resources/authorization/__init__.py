"""/authorization: grants and revocations beside Django's permissions."""
