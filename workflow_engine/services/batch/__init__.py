"""What is known of batches that have ended."""

from workflow_engine.services.batch.removing import remove_expired

__all__ = ["remove_expired"]
