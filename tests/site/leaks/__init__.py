"""What the leak test (tests/site/test_leaks.py) hides: canary words, and a site that has them in every private place."""
