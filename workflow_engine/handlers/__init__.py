"""The site's Python behind a model: handlers, listeners and beans, registered under a name.

    from workflow_engine.handlers import BpmnError, handler, register_bean

    @handler("chargeCard")                       # camunda:delegateExpression="${chargeCard}" or camunda:class="chargeCard"
    def charge_card(execution):
        if execution.get_variable("amount") > 1000:
            raise BpmnError("TOO_MUCH")

    register_bean("mailer", Mailer())            # camunda:expression="${mailer.send(customer)}"

    @handler("isFree")                           # <camunda:constraint name="validator" config="isFree"/> of a form field
    def is_free(value, context):
        return not Seat.objects.filter(number=value, is_taken=True).exists()

Put them into a module `workflows` of any installed app: it is imported when Django starts. Handlers run inside the engine's
transaction, so what they write with the ORM is committed together with the process, or not at all.
"""

from workflow_engine.engine.handlers import BpmnError
from workflow_engine.handlers.form_fields import FormFieldContext
from workflow_engine.handlers.registry import Bean, find, handler, register, register_bean, registered, unregister

__all__ = [
    "Bean",
    "BpmnError",
    "FormFieldContext",
    "find",
    "handler",
    "register",
    "register_bean",
    "registered",
    "unregister",
]
