"""What meets an editor who writes a page: choosing its type, its preview, and where it appears."""
