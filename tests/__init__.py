"""The test suite. tests/unit is pure and runs once; everything else runs once for each database."""
