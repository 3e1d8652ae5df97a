"""Creates the user demo/demo with all rights, or gives them back to it; for machines of your own only."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Creates the user demo with the password demo and all rights, where DEMO=1 allows it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo user has a known password: set DEMO=1 to have it created.")
        user, created = get_user_model().objects.get_or_create(username="demo")
        # Hashing is slow by design, so only when there is something to change.
        if created or not (user.is_superuser and user.is_staff and user.is_active and user.check_password("demo")):
            user.is_superuser = user.is_staff = user.is_active = True
            user.set_password("demo")
            user.save()
        self.stdout.write("The user demo has the password demo and all rights.")
