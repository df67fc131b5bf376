"""The import of procedures, against the same pages made one by one."""
