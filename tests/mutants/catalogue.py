"""Every guard that has a mutant."""

from tests.mutants import doors, locking, once
from tests.mutants.mutant import Mutant

CATALOGUE: tuple[Mutant, ...] = (*locking.MUTANTS, *once.MUTANTS, *doors.MUTANTS)
