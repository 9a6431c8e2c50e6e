"""How well a deployment finds what people labelled as right."""
