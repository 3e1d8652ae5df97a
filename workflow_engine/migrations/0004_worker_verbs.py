from django.db import migrations, models


def keep_tenants(apps, schema_editor):
    credentials = apps.get_model("workflow_engine", "WorkerCredential").objects.using(schema_editor.connection.alias)
    for tenant_id in set(credentials.exclude(tenant_id="").values_list("tenant_id", flat=True)):
        credentials.filter(tenant_id=tenant_id).update(tenant_ids=[tenant_id])


def keep_first_tenant(apps, schema_editor):
    credentials = apps.get_model("workflow_engine", "WorkerCredential").objects.using(schema_editor.connection.alias)
    for credential in credentials.exclude(tenant_ids=[]):
        credentials.filter(pk=credential.pk).update(tenant_id=credential.tenant_ids[0])


class Migration(migrations.Migration):
    dependencies = [
        ("workflow_engine", "0003_identity"),
    ]

    operations = [
        migrations.AddField(
            model_name="workercredential",
            name="verbs",
            field=models.JSONField(blank=True, default=list, verbose_name="verbs"),
        ),
        migrations.AddField(
            model_name="workercredential",
            name="tenant_ids",
            field=models.JSONField(blank=True, default=list, verbose_name="tenants"),
        ),
        migrations.RunPython(keep_tenants, keep_first_tenant),
        migrations.RemoveField(
            model_name="workercredential",
            name="tenant_id",
        ),
    ]
