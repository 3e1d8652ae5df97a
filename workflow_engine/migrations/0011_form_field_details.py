from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow_engine", "0010_sweeper_heartbeat"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicdetail",
            name="variable_instance_id",
            field=models.UUIDField(
                blank=True, help_text="Empty for a field of a form.", null=True, verbose_name="variable"
            ),
        ),
    ]
