"""How a person comes in and stays in: passwords, second factors, sessions, devices; knows nothing of roles."""
