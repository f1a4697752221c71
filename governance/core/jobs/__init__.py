"""What the console does by itself, and when. `table.py` is the one file to edit."""
