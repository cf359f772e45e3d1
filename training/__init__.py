"""How the shipped German-English model is made: prepare, vocabulary, train, rebuild; README.md here."""
