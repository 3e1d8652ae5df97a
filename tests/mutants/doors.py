"""Without what keeps people, workers and documents out."""

from tests.mutants.mutant import Mutant

AUTHENTICATION = "tests/rest/test_authentication.py"
VISIBILITY = "tests/rest/test_visibility.py"
TABLE = "tests/rest/bad_input"
REST = "workflow_engine/rest"

MUTANTS = (
    Mutant(
        name="csrf",
        guard="a session needs the CSRF token",
        path=f"{REST}/authentication.py",
        old="super().enforce_csrf(request._request)",
        new="pass",
        tests=(f"{AUTHENTICATION}::test_a_session_needs_the_csrf_token_to_change_anything",),
    ),
    Mutant(
        name="anonymous",
        guard="nothing is answered to the anonymous",
        path=f"{REST}/permissions.py",
        old="if not user or not user.is_authenticated:",
        new="if not user:",
        tests=(f"{AUTHENTICATION}::test_every_address_refuses_the_anonymous",),
    ),
    Mutant(
        name="permission",
        guard="each method needs its permission",
        path=f"{REST}/permissions.py",
        old="if view.definitions is None:",
        new="if view is not None:",
        tests=(f"{AUTHENTICATION}::test_a_permission_opens_its_action_and_no_other",),
    ),
    Mutant(
        name="verb",
        guard="a worker credential is good for its verbs",
        path=f"{REST}/permissions.py",
        old="not user.credential.may(verb)",
        new="not user.credential",
        tests=(f"{VISIBILITY}::test_a_credential_is_good_for_its_verbs",),
    ),
    Mutant(
        name="revoked-token",
        guard="a revoked or expired token is refused",
        path="workflow_engine/models/worker_credential.py",
        old="Q(expires__isnull=True) | Q(expires__gt=now), is_revoked=False",
        new="",
        tests=(f"{AUTHENTICATION}::test_a_revoked_or_expired_token_is_refused_at_once",),
    ),
    Mutant(
        name="wrong-token",
        guard="the whole token is compared, not its beginning",
        path="workflow_engine/models/worker_credential.py",
        old="if secrets.compare_digest(credential.token_hash, wanted):",
        new="if wanted:",
        tests=(
            "tests/integration/store/test_constraints.py::test_tokens_of_workers_are_shown_once_and_kept_as_a_hash",
        ),
    ),
    Mutant(
        name="tenant",
        guard="what the caller may not see doesn't exist for its commands",
        path="workflow_engine/services/hidden.py",
        old="if row is not None and not caller.sees(row):",
        new="if row is not None and row is caller:",
        tests=(f"{VISIBILITY}::test_a_foreign_task_is_as_good_as_none",),
    ),
    Mutant(
        name="admin-operation",
        guard="an operation of the admin needs its permission",
        path="workflow_engine/admin/operations.py",
        old=" or not operation.is_allowed(request, row):",
        new=":",
        tests=("tests/admin/test_work.py::test_every_operation_needs_its_permission",),
    ),
    Mutant(
        name="admin-permission",
        guard="so does every operation on a selection (asked twice, so that the question itself is removed)",
        path="workflow_engine/admin/permissions.py",
        old="return user.has_perm(name) or",
        new="return True or",
        tests=("tests/admin/test_work.py::test_bulk_needs_the_permission_too",),
    ),
    Mutant(
        name="doctype",
        guard="a document type declaration is refused",
        path="workflow_engine/bpmn/xml.py",
        old='raise _Refused("A document type declaration (DTD) is not allowed.")',
        new="return",
        tests=(f"{TABLE}/test_models.py::test_row_01_document_type_declarations",),
    ),
    Mutant(
        name="depth-of-a-document",
        guard="elements are nested only so deep",
        path="workflow_engine/bpmn/xml.py",
        old="if self.depth > self.limits.max_depth:",
        new="if self.depth < 0:",
        tests=("tests/unit/bpmn/test_xml.py",),
    ),
    Mutant(
        name="length-of-a-body",
        guard="a body that is too long is not read",
        path=f"{REST}/request_body.py",
        old="raise TooLarge(",
        new="str(",
        tests=(f"{TABLE}/test_requests.py::test_row_06_json",),
    ),
    Mutant(
        name="private-attributes",
        guard="expressions reach nothing of a bean that begins with an underscore",
        path="workflow_engine/handlers/registry.py",
        old='if not spelling.startswith("_") and hasattr(',
        new="if hasattr(",
        tests=(f"{'tests/integration/services/test_runtime.py'}::test_beans_are_reached_by_their_public_methods_only",),
    ),
    Mutant(
        name="longest-lock",
        guard="a lock lasts no longer than the site allows",
        path="workflow_engine/services/external_task/locking.py",
        old="if not 0 < milliseconds <= longest // timedelta(milliseconds=1):",
        new="if not 0 < milliseconds:",
        tests=("tests/integration/services/test_fetch.py::test_bad_wishes_are_refused",),
    ),
    Mutant(
        name="audit-of-requests",
        guard="what people command is in the user operation log",
        path="workflow_engine/services/operations.py",
        old="return [] if make is None else make(command, loader)",
        new="return []",
        tests=("tests/security/test_audit_of_requests.py::test_every_change_is_logged_with_who_did_it",),
    ),
    Mutant(
        name="audit-of-the-admin",
        guard="what people do in the admin is in its log",
        path="workflow_engine/admin/operations.py",
        old="self.log(request, row, operation, told)",
        new="pass",
        tests=("tests/security/test_audit_of_the_admin.py::test_every_operation_is_logged",),
    ),
)
