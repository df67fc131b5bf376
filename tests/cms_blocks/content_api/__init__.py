"""The content API does what its description promises."""
