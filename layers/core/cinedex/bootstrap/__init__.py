"""The one place where ports meet adapters: a module for each part of the product, and `doors` under all of them."""
