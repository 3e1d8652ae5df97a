"""The threat table: what may be tried, and the tests that try it. `tests/security/test_table.py` looks that each is there."""

BAD_INPUT = "tests/rest/bad_input"
AUTHENTICATION = "tests/rest/test_authentication.py"
VISIBILITY = "tests/rest/test_visibility.py"
HOSTILE = "tests/rest/test_hostile_bodies.py"
FUZZ = "tests/fuzz/test_models.py"
ADMIN = "tests/admin/test_pages.py"

INPUTS: dict[str, tuple[str, ...]] = {
    "document type declarations, entities, strange encodings": (f"{BAD_INPUT}/test_models.py::test_row_01_document_type_declarations", f"{FUZZ}::test_any_bytes"),
    "documents that are large, deep, compressed, or include others": (f"{BAD_INPUT}/test_models.py::test_row_02_large_documents", "tests/unit/bpmn/test_xml.py::test_size_depth_and_counts_are_limited"),
    "models that are broken": (f"{BAD_INPUT}/test_models.py::test_row_03_broken_models", f"{FUZZ}::test_changed_models", f"{FUZZ}::test_damaged_documents", f"{FUZZ}::test_deploying_changed_models"),
    "texts that want to be markup, formulas, log lines or templates": (f"{BAD_INPUT}/test_models.py::test_row_04_texts_that_want_to_be_more", f"{ADMIN}::test_hostile_texts_are_escaped"),
    "expressions that want to be code or to last for ever": (f"{BAD_INPUT}/test_models.py::test_row_05_expressions", "tests/unit/expressions/test_fuzz.py::test_any_text", "tests/unit/expressions/test_fuzz.py::test_any_tokens", "tests/unit/expressions/test_fuzz.py::test_any_values"),
    "JSON that is deep, huge, ambiguous or of the wrong kind": (f"{BAD_INPUT}/test_requests.py::test_row_06_json", f"{HOSTILE}::test_bodies", f"{HOSTILE}::test_fields", f"{HOSTILE}::test_any_json"),
    "variables that are many or large": (f"{BAD_INPUT}/test_requests.py::test_row_07_large_variables",),
    "locks and fetches beyond every limit": (f"{BAD_INPUT}/test_work.py::test_row_08_locks", f"{HOSTILE}::test_query_strings"),
    "timers without end or pause": (f"{BAD_INPUT}/test_work.py::test_row_09_timers",),
    "what is gone, foreign, guessed or injected": (f"{BAD_INPUT}/test_work.py::test_row_10_what_is_not_there_any_more", f"{HOSTILE}::test_addresses_with_strange_ids", f"{VISIBILITY}::test_a_foreign_task_is_as_good_as_none"),
    "fields that nobody asked for": (f"{BAD_INPUT}/test_requests.py::test_row_11_fields_that_nobody_asked_for",),
    "messages for everybody, for nobody, again and again": (f"{BAD_INPUT}/test_work.py::test_row_12_messages", "tests/integration/services/test_runtime.py::test_a_message_goes_to_exactly_one"),
    "browsers led by others: CSRF, GET, origins, tokens in addresses": (f"{BAD_INPUT}/test_callers.py::test_row_13_sessions_of_browsers", f"{AUTHENTICATION}::test_a_session_needs_the_csrf_token_to_change_anything", "tests/admin/test_work.py::test_a_post_needs_the_csrf_token", f"{ADMIN}::test_get_of_an_operation_changes_no_row"),
    "clients that wait, crawl or hang up": (f"{BAD_INPUT}/test_work.py::test_row_14_those_who_wait", "tests/asgi/test_waiting_room.py::test_the_room_is_bounded_and_can_be_closed", "tests/asgi/test_server.py::test_who_hung_up_while_its_task_was_being_locked_gets_nothing"),
    "serialised objects": (f"{BAD_INPUT}/test_requests.py::test_row_15_serialised_objects",),
    "people and tokens that may no longer come in": (f"{BAD_INPUT}/test_callers.py::test_row_16_those_who_may_no_longer_come_in", f"{AUTHENTICATION}::test_changed_password_disabled_and_deleted_users_are_refused_at_once"),
}  # fmt: skip

CONVENTIONS: dict[str, tuple[str, ...]] = {
    "deny by default": (f"{AUTHENTICATION}::test_every_address_refuses_the_anonymous", f"{ADMIN}::test_anonymous_people_see_nothing", "tests/rest/test_role_matrix.py::test_every_view_declares_the_permissions_of_its_methods"),
    "a worker is who its token says, for its topics and verbs": (f"{AUTHENTICATION}::test_a_worker_token", f"{VISIBILITY}::test_a_credential_is_good_for_its_verbs", "tests/integration/store/test_constraints.py::test_tokens_of_workers_are_shown_once_and_kept_as_a_hash"),
    "tenants in every query": ("tests/rest/test_role_matrix.py::test_every_address_times_every_role", "tests/admin/test_visibility.py::test_people_see_their_tenants_and_what_has_none"),
    "nothing is written that nobody asked for": (f"{BAD_INPUT}/test_requests.py::test_row_11_fields_that_nobody_asked_for",),
    "what is asked for is bounded": ("tests/rest/test_limits.py", "tests/asgi/test_waiting_room.py::test_the_room_is_bounded_and_can_be_closed"),
    "each operation has a permission, each is asked for again": ("tests/admin/test_work.py::test_every_operation_needs_its_permission", "tests/admin/test_work.py::test_bulk_needs_the_permission_too", "tests/admin/test_instances.py::test_values_are_masked"),
    "who did it is written down": ("tests/security/test_audit_of_requests.py::test_every_change_is_logged_with_who_did_it", "tests/security/test_audit_of_the_admin.py::test_every_operation_is_logged", "tests/security/test_audit_of_the_admin.py::test_the_log_of_operations_can_only_be_read"),
    "secrets are never in logs": ("tests/security/test_secrets.py::test_nothing_of_it_is_in_the_log", "tests/security/test_secrets.py::test_the_text_of_a_handlers_failure_stays_out_of_the_log"),
    "pages escape everything and keep a content security policy": ("tests/security/test_source.py::test_templates_escape_everything", f"{ADMIN}::test_every_page_answers_and_keeps_the_content_security_policy", f"{ADMIN}::test_downloads_never_open_as_pages"),
    "the server asks nobody": ("tests/security/test_source.py::test_only_few_places_open_processes_or_connections", "tests/security/test_source.py::test_an_address_is_opened_by_the_client_only"),
    "nothing is run as code or revived": ("tests/security/test_source.py::test_nothing_is_run_or_revived", "tests/unit/scripting/test_attacks.py"),
    "sessions for browsers, tokens for workers, never both": (f"{AUTHENTICATION}::test_a_session_needs_the_csrf_token_to_change_anything", f"{AUTHENTICATION}::test_a_token_in_the_address_is_not_accepted"),
}  # fmt: skip
