"""The office's own list of procedures as a sheet: reading, planning, writing all of it or nothing, taking it back."""
