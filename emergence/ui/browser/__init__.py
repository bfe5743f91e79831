"""All JavaScript and CSS: what the browser runs and wears."""
