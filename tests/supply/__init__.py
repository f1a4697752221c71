"""What the console is made of: locked packages, and no secret in a committed file."""
