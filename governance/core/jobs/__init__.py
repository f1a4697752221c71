"""What the console does by itself, and when. What runs when stands in the rooms' capability.py."""
