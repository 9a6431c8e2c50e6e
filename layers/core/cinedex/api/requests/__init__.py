"""How requests are read: bodies, forms, parameters, and what is refused in them."""
