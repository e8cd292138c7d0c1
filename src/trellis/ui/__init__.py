"""Show Trellis: tokens, components, charts and the style guide."""
