"""How much one account, address or source may ask for, one number for all processes and machines."""
