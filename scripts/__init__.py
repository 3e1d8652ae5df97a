"""Set-up and test runs: what `make` calls. Nothing of it is part of the package."""
