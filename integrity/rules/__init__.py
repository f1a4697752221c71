"""The rule engine: manifests, their SQL, the view they compile to, the catalogue page."""
