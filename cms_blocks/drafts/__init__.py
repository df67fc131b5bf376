"""Nobody's text is lost: who saves over a newer version is shown both, and what was refused is kept."""
