"""The edition: the list of procedures as it was adopted, published as one thing at one instant, and kept as it was."""
