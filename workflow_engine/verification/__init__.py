"""Looks into any database whether what the engine promises holds. Reads only; tells each violation with its instance.

I1 an instance ends once, nothing of it lives on, and a live one waits for something. I2 its tokens form a tree.
I3 who knows only the history knows the state. I4 what an answer acknowledged is there. I5 work is handed in once.
I6 a timer fires once and never early. I7 nothing is undone twice, or half when all is over. I8 a unique business key has
one instance.
"""

from workflow_engine.verification.verify import CHECKS, Progress, verify
from workflow_engine.verification.violation import Violation

__all__ = ["CHECKS", "Progress", "Violation", "verify"]
