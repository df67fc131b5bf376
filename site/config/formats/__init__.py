"""How dates are typed, beyond what Django knows of each language."""
