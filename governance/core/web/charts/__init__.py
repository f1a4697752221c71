"""Figures in, numbers ready for SVG out: pure functions that know no model, no query and no words."""
