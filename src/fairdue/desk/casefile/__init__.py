"""The case file: everything about one complaint in one signed JSON document, and as a PDF that anyone can read."""
