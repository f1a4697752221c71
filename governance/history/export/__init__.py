"""The history as a file that streams: its addresses, and the sheet for a spreadsheet."""
