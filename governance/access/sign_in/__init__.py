"""How a person comes in and stays in: passwords, factors, sessions, devices; knows nothing of roles."""
