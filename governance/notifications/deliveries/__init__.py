"""The pages of what was sent: messages, what was given up, and on an alert who was told of it, when."""
