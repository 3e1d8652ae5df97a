import django.db.models.deletion
import workflow_engine.models.fields
from django.db import migrations, models


# What a version that knows no standalone tasks cannot hold, by the column that says so.
OF_STANDALONE_TASKS = (
    ("Comment", {"process_instance__isnull": True}),
    ("Attachment", {"process_instance__isnull": True}),
    ("HistoricDetail", {"process_instance__isnull": True, "task_id__isnull": False}),
    ("HistoricVariableInstance", {"process_instance__isnull": True, "task_id__isnull": False}),
    ("HistoricIdentityLink", {"process_instance__isnull": True, "task_id__isnull": False}),
    ("UserOperationLog", {"process_instance_id__isnull": True, "task_id__isnull": False}),
    ("HistoricTaskInstance", {"task_definition_key__isnull": True}),
    ("IdentityLink", {"root_process_instance__isnull": True}),
    ("Variable", {"execution__isnull": True}),
    ("UserTask", {"execution__isnull": True}),
)


def remove_standalone_tasks(apps, schema_editor):
    """On the way back only."""
    for name, condition in OF_STANDALONE_TASKS:
        rows = apps.get_model("workflow_engine", name)._default_manager.using(schema_editor.connection.alias)
        rows.filter(**condition)._raw_delete(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [
        ("workflow_engine", "0012_observability"),
    ]

    operations = [
        migrations.AddField(
            model_name="historictaskinstance",
            name="removal_time",
            field=models.DateTimeField(blank=True, null=True, verbose_name="removal time"),
        ),
        migrations.AddField(
            model_name="usertask",
            name="has_sub_tasks",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="has or had sub tasks"
            ),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.historicprocessinstance",
                verbose_name="process instance",
            ),
        ),
        migrations.AlterField(
            model_name="comment",
            name="process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.historicprocessinstance",
                verbose_name="process instance",
            ),
        ),
        migrations.AlterField(
            model_name="historictaskinstance",
            name="task_definition_key",
            field=models.CharField(blank=True, max_length=255, null=True, verbose_name="activity"),
        ),
        migrations.AlterField(
            model_name="identitylink",
            name="root_process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="root process instance",
            ),
        ),
        migrations.AlterField(
            model_name="usertask",
            name="activity_instance_id",
            field=models.UUIDField(blank=True, null=True, verbose_name="activity instance"),
        ),
        migrations.AlterField(
            model_name="usertask",
            name="execution",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="execution",
            ),
        ),
        migrations.AlterField(
            model_name="usertask",
            name="process_definition",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.processdefinition",
                verbose_name="process definition",
            ),
        ),
        migrations.AlterField(
            model_name="usertask",
            name="process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="process instance",
            ),
        ),
        migrations.AlterField(
            model_name="usertask",
            name="root_process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="root process instance",
            ),
        ),
        migrations.AlterField(
            model_name="usertask",
            name="task_definition_key",
            field=models.CharField(blank=True, max_length=255, null=True, verbose_name="activity"),
        ),
        migrations.AlterField(
            model_name="variable",
            name="execution",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="execution",
            ),
        ),
        migrations.AlterField(
            model_name="variable",
            name="process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="process instance",
            ),
        ),
        migrations.AlterField(
            model_name="variable",
            name="root_process_instance",
            field=workflow_engine.models.fields.RowReference(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="workflow_engine.execution",
                verbose_name="root process instance",
            ),
        ),
        migrations.AddIndex(
            model_name="historictaskinstance",
            index=models.Index(
                condition=models.Q(("removal_time__isnull", False)), fields=["removal_time"], name="wf_hi_task_removal"
            ),
        ),
        migrations.AddIndex(
            model_name="usertask",
            index=models.Index(
                condition=models.Q(("parent_task__isnull", False)), fields=["parent_task"], name="wf_user_task_parent"
            ),
        ),
        migrations.AddIndex(
            model_name="useroperationlog",
            index=models.Index(
                condition=models.Q(("process_instance_id__isnull", True), ("task_id__isnull", False)),
                fields=["task_id"],
                name="wf_operation_standalone_task",
            ),
        ),
        migrations.AddConstraint(
            model_name="usertask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("activity_instance_id__isnull", True),
                        ("execution__isnull", True),
                        ("process_definition__isnull", True),
                        ("process_instance__isnull", True),
                        ("root_process_instance__isnull", True),
                        ("task_definition_key__isnull", True),
                    ),
                    models.Q(
                        ("activity_instance_id__isnull", False),
                        ("execution__isnull", False),
                        ("process_definition__isnull", False),
                        ("process_instance__isnull", False),
                        ("root_process_instance__isnull", False),
                        ("task_definition_key__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="wf_user_task_of_process_or_standalone",
            ),
        ),
        migrations.AddConstraint(
            model_name="variable",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("execution__isnull", False),
                        ("process_instance__isnull", False),
                        ("root_process_instance__isnull", False),
                    ),
                    models.Q(
                        ("execution__isnull", True),
                        ("process_instance__isnull", True),
                        ("root_process_instance__isnull", True),
                        ("task__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="wf_variable_has_scope",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, remove_standalone_tasks),
    ]
