"""What is known of languages: their codes, which one a text is in, and whose numbers, dates and denials can be read."""

# The languages that the checks can read, each with the version of what is known of it. Raised by hand when a check
# would read a text of it differently: a part of the signature of this language's route, and of no other.
READ = {"de": 2}
