from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow_engine", "0009_annotate_user_operation"),
    ]

    operations = [
        migrations.CreateModel(
            name="SweeperHeartbeat",
            fields=[
                ("owner", models.CharField(max_length=255, primary_key=True, serialize=False, verbose_name="sweeper")),
                ("started", models.DateTimeField(verbose_name="started")),
                ("last_seen", models.DateTimeField(verbose_name="last seen")),
                ("threads", models.IntegerField(default=1, verbose_name="threads")),
            ],
            options={
                "verbose_name": "sweeper",
                "verbose_name_plural": "sweepers",
                "db_table": "workflow_engine_sweeper_heartbeat",
                "default_permissions": ("view",),
            },
        ),
    ]
