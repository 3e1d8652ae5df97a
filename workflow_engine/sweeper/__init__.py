"""What happens without a caller: one file per duty, each with the shape `run_once(...) -> Counts`.

Any number of sweepers run side by side on any number of machines; the database decides who gets what. They may die at
any moment: what a dead one held is taken over when its lock has expired. A duty never lets one broken instance stop it.
"""
