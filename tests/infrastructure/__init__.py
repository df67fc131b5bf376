"""What tests stand on: settings, private PostgreSQL server, browser, accessibility and HTML checks."""
