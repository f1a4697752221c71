"""What explains the console to people: help pages, the first sign-in's three sentences, the living page."""
