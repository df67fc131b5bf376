"""The list of procedures with few and with very many of them."""
