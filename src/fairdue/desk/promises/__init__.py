"""Promises to pay: open → due → kept, part-kept or broken, decided from payments and never by hand."""
