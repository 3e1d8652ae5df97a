"""What a site can listen to. Sent after the commit, so a receiver sees only what really happened; its failure harms nobody.

Every signal brings `process_instance_id`, `process_definition_id`, `tenant_id` and `time`; what it brings besides is told here.
"""

from django.dispatch import Signal

instance_started = Signal()  # business_key
instance_ended = Signal()  # state: "COMPLETED", "EXTERNALLY_TERMINATED" or "INTERNALLY_TERMINATED"
incident_created = Signal()  # incident_id, incident_type, activity_id, message
incident_resolved = Signal()  # incident_id
external_task_failed = Signal()  # external_task_id, topic_name, worker_id, retries, error_message
job_failed = Signal()  # job_id, retries, exception_message
