"""Reading the methods file: positions, rules, and writing all of it or nothing."""
