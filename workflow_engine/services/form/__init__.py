"""Forms of user tasks and start events, Camunda's form service.

keys         which form there is: a key, or a reference to a deployed Camunda Form
form_data    the fields of a form with labels and values, for whoever draws it
deployed     the content of a form that came with a deployment
submitting   checking what a form sends, and starting or completing with it
"""

from workflow_engine.services.form.deployed import DeployedForm, deployed_start_form, deployed_task_form
from workflow_engine.services.form.fields import FieldData
from workflow_engine.services.form.form_data import start_fields, task_fields
from workflow_engine.services.form.keys import FormKeys, start_form_keys, task_form_keys
from workflow_engine.services.form.submitting import submit_start_form, submit_task_form

__all__ = [
    "DeployedForm",
    "FieldData",
    "FormKeys",
    "deployed_start_form",
    "deployed_task_form",
    "start_fields",
    "start_form_keys",
    "submit_start_form",
    "submit_task_form",
    "task_fields",
    "task_form_keys",
]
