from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workflow_engine", "0013_standalone_tasks"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="batch",
            options={
                "default_permissions": ("view",),
                "permissions": [
                    ("suspend_batch", "Can suspend and activate batches"),
                    ("delete_batch", "Can delete batches"),
                    ("delete_batch_history", "Can delete the history of batches"),
                ],
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
            },
        ),
    ]
