"""/job and /job-definition: work for the sweeper."""
