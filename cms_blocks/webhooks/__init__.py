"""Webhooks: other programs are told when something became public, changed or went."""
