from django.db import migrations, models

from workflow_engine.migration_operations import AddIndexOnline


class Migration(migrations.Migration):
    # Built while the site serves.
    atomic = False

    dependencies = [
        ("workflow_engine", "0015_jobs_free_of_definition"),
    ]

    operations = [
        AddIndexOnline(
            model_name="job",
            index=models.Index(
                condition=models.Q(
                    ("due_date__isnull", False),
                    ("is_suspended", False),
                    ("lock_owner__isnull", True),
                    ("retries__gt", 0),
                ),
                fields=["process_definition_key", "due_date", "id"],
                name="wf_job_due_of_definition",
            ),
        ),
    ]
