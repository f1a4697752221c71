"""What messages say, in the reader's language: text, HTML, and the data of a webhook. Sends nothing."""
