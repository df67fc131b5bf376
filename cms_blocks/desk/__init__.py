"""The desk: what an editor finds on the first page of the admin, and the deliveries that need a hand."""
