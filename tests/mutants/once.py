"""Without what makes a thing happen once: constraints, reserved keys, savepoints, repetitions, fences."""

from tests.mutants.locking import FETCH, GUARDS, RACES, RUNTIME
from tests.mutants.mutant import Mutant

TRANSACTION = "workflow_engine/store/transaction.py"
TRANSACTIONS = "tests/integration/store/test_transaction.py"
CONSTRAINTS = "tests/integration/store/test_constraints.py"
IDEMPOTENCY = "tests/concurrency/test_idempotency.py"
INITIAL = "workflow_engine/migrations/0001_initial.py"
TASKS, LOCKING = "workflow_engine/engine/tasks.py", "workflow_engine/services/external_task/locking.py"


def without_constraint(name: str, old: str, new: str, test: str) -> Mutant:
    """The constraint is still there by its name, but holds for every row."""
    return Mutant(
        name=f"constraint-{name}",
        guard=f"the constraint {name}",
        path=INITIAL,
        old=f"{old}, name='{name}'",
        new=f"{new}, name='{name}'",
        tests=(test,),
    )


MUTANTS = (
    Mutant(
        name="claim",
        guard="of all who insert a reserved key one succeeds (unique business keys)",
        path="workflow_engine/store/business_keys.py",
        old="return claims.claim(models.BusinessKey, values, using)",
        new="return claims.claim(models.BusinessKey, values, using) or True",
        tests=(f"{RACES}::test_fifty_starts_with_one_business_key_make_one_instance",),
    ),
    Mutant(
        name="business-key",
        guard="a business key that is declared unique is reserved",
        path="workflow_engine/services/starting.py",
        old="    if not is_ours:",
        new="    if is_ours is None:",
        tests=(f"{RUNTIME}::test_a_unique_business_key_starts_one_instance_for_ever",),
    ),
    Mutant(
        name="idempotency-record",
        guard="a request is recorded under its Idempotency-Key before it is carried out",
        path="workflow_engine/services/idempotency.py",
        old="while not _claim(request, using):",
        new="while _claim(request, using) is None:",
        tests=(f"{IDEMPOTENCY}::test_the_second_waits_for_the_first", f"{IDEMPOTENCY}::test_of_many_bodies_one_wins"),
    ),
    Mutant(
        name="idempotency-body",
        guard="an Idempotency-Key with another body is refused",
        path="workflow_engine/services/idempotency.py",
        old="if found.body_hash != request.body_hash:",
        new="if found.body_hash is None:",
        tests=("tests/rest/test_idempotency.py::test_another_body_is_refused",),
    ),
    Mutant(
        name="history-sequence",
        guard="history rows are numbered by the locked root",
        path="workflow_engine/store/unit_of_work.py",
        old="root.history_sequence += 1",
        new="root.history_sequence += 0",
        tests=("tests/integration/store/test_history.py::test_history_counts_in_the_root",),
    ),
    Mutant(
        name="savepoint",
        guard="a refused command undoes itself and not the caller's work before it",
        path="workflow_engine/store/dialect.py",
        old="transaction.atomic(using=self.connection.alias)",
        new="transaction.atomic(using=self.connection.alias, savepoint=False)",
        tests=(f"{GUARDS}::test_a_refused_command_undoes_nothing_but_itself",),
    ),
    Mutant(
        name="savepoint-on-postgresql",
        guard="a refused command undoes itself and not the caller's work before it",
        path=TRANSACTION,
        old="transaction.atomic(using=connection.alias)",
        new="transaction.atomic(using=connection.alias, savepoint=False)",
        tests=(f"{GUARDS}::test_a_refused_command_undoes_nothing_but_itself",),
        database="postgres",
    ),
    Mutant(
        name="begin-of-others",
        guard="what somebody else sends first is within the command's transaction",
        path=TRANSACTION,
        old="if not self._has_begun or self._last:",
        new="if self._last:",
        tests=(f"{TRANSACTIONS}::test_what_somebody_else_sends_first_is_within_it",),
        database="postgres",
    ),
    Mutant(
        name="commit-or-rollback",
        guard="a commit that the server answers with a rollback is no success",
        path="workflow_engine/store/prepared.py",
        old='if commit and results[-1].command_status != b"COMMIT":',
        new="if commit and not results:",
        tests=(f"{TRANSACTIONS}::test_an_error_that_somebody_swallows_is_not_taken_for_success",),
        database="postgres",
    ),
    Mutant(
        name="repetition",
        guard="a command that lost to another transaction is repeated",
        path="workflow_engine/store/retry.py",
        old='getattr(cause, "sqlstate", None) in REPEATABLE',
        new="cause is REPEATABLE",
        tests=(f"{IDEMPOTENCY}::test_a_conflict_repeats_the_whole",),
    ),
    Mutant(
        name="repetition-of-a-part",
        guard="within a caller's transaction nothing is repeated",
        path="workflow_engine/store/retry.py",
        old="1 if connections[using].in_atomic_block else 1 + conf",
        new="1 + conf",
        tests=(f"{GUARDS}::test_within_a_callers_transaction_only_the_caller_repeats",),
    ),
    Mutant(
        name="worker-of-the-lock",
        guard="who completes or fails a task is the worker that holds it",
        path=TASKS,
        old="if worker_id is not None and task.worker_id != worker_id:",
        new="if worker_id is None and task.worker_id != worker_id and task is None:",
        tests=(f"{FETCH}::test_an_expired_lock_goes_to_the_next_worker_and_fences_the_first",),
    ),
    Mutant(
        name="worker-of-the-extension",
        guard="who extends a lock is the worker that holds it",
        path=LOCKING,
        old="    if task.worker_id != worker_id:",
        new="    if task is None:",
        tests=(f"{FETCH}::test_extend_lock_and_lock",),
    ),
    Mutant(
        name="lock-of-another",
        guard="a task that one worker holds is not locked for another",
        path=LOCKING,
        old="if is_held and task.worker_id != worker_id:",
        new="if is_held and task is None:",
        tests=(f"{FETCH}::test_extend_lock_and_lock",),
    ),
    Mutant(
        name="lock-token",
        guard="a lock token of an earlier fetch completes and fails nothing",
        path=TASKS,
        old="if lock_token is not None and task.lock_token != lock_token:",
        new="if lock_token is not None and task is None:",
        tests=(f"{FETCH}::test_the_lock_token_fences_a_worker_of_the_same_name",),
    ),
    Mutant(
        name="lock-token-of-the-extension",
        guard="a lock token of an earlier fetch extends nothing",
        path=LOCKING,
        old="if lock_token is not None and task.lock_token != lock_token:",
        new="if lock_token is not None and task is None:",
        tests=(f"{FETCH}::test_the_lock_token_fences_a_worker_of_the_same_name",),
    ),
    Mutant(
        name="lock-token-of-giving-back",
        guard="a task is given back by whoever still holds it",
        path="workflow_engine/services/external_task/giving_back.py",
        old="if task is not None and task.lock_token == lock_token:",
        new="if task is not None:",
        tests=(f"{GUARDS}::test_what_is_given_back_late_stays_with_who_has_it_now",),
    ),
    without_constraint(
        "wf_external_task_lock_has_worker_and_expiry",
        "models.Q(('lock_expiration_time__isnull', False), ('worker_id__isnull', False)), _connector='OR')",
        "models.Q(('id__isnull', False)), _connector='OR')",
        f"{CONSTRAINTS}::test_a_lock_has_worker_and_expiry_or_neither",
    ),
    without_constraint(
        "wf_job_lock_has_owner_and_expiry",
        "models.Q(('lock_expiration_time__isnull', False), ('lock_owner__isnull', False)), _connector='OR')",
        "models.Q(('id__isnull', False)), _connector='OR')",
        f"{GUARDS}::test_a_job_is_held_by_somebody_until_some_time",
    ),
    without_constraint(
        "wf_variable_once_per_scope",
        "fields=('execution', 'name', 'partition')",
        "fields=('id', 'partition')",
        f"{CONSTRAINTS}::test_a_variable_is_once_in_its_scope",
    ),
    without_constraint(
        "wf_variable_once_per_task",
        "fields=('task', 'name', 'partition')",
        "fields=('id', 'partition')",
        f"{CONSTRAINTS}::test_a_variable_is_once_in_its_scope",
    ),
    without_constraint(
        "wf_incident_open_once_per_cause",
        "fields=('configuration', 'incident_type', 'partition')",
        "fields=('id', 'partition')",
        f"{CONSTRAINTS}::test_one_open_incident_per_cause",
    ),
    without_constraint(
        "wf_historic_instance_ended_is_final",
        "('state__in', ['COMPLETED', 'EXTERNALLY_TERMINATED', 'INTERNALLY_TERMINATED'])), _connector='OR')",
        "('id__isnull', False)), models.Q(('id__isnull', False)), _connector='OR')",
        f"{CONSTRAINTS}::test_ended_history_has_a_final_state_and_a_time",
    ),
    without_constraint(
        "wf_definition_version",
        "fields=('key', 'version', 'tenant_id')",
        "fields=('id', 'version')",
        f"{CONSTRAINTS}::test_a_version_is_once",
    ),
)
