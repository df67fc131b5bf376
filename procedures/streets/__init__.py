"""“My street”: a city's directory of streets, and what is planned nearest to one of them."""
