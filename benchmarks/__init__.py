"""How fast it is, for anyone to repeat: `make bench`, or `make bench ARGS=pure_engine`. Nothing else should run meanwhile."""
