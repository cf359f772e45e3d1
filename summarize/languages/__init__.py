"""What is known of languages: their codes, and which one a text is in."""
