"""The editors' desk for languages: which translations are behind, how one begins, how one is said to be current."""
