"""The update round: departments confirm what the list says of their procedures, or say what has changed."""
