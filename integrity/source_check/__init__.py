"""What a DBA should know of a database before the console reads it; reads only."""
