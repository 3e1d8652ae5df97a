"""What is sent to an address so that it does its work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rest.conftest import Answer
from tests.rest.hostile import Address, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A JSON body or the parts of a form; `names`: what the address names instead of what is in the world anyway."""

    body: dict[str, Any] | None = None
    form: dict[str, Any] | None = None
    query: str = ""
    names: dict[str, str] = field(default_factory=dict)
    logged: str | None = None  # what the log must tell of it, "Operation Entity" in Camunda's words

    def send(self, world: World, address: Address) -> Answer:
        path = world.path(address, **self.names) + self.query
        if self.form is not None:
            return world.api.form(path, self.form)
        return world.api.call(address.method, path, self.body)


# Makes in the world what the address needs, before anybody looks what it changes.
Prepare = Callable[[World], Call]
