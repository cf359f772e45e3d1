"""What is known of languages: their codes, which one a text is in, and how each says what `facts` reads."""
