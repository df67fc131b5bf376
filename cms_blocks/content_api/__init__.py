"""The content API: everything public as JSON, read from the gate and from nothing else."""
