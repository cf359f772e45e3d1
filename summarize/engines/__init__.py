"""What computes: token ids in, token ids out. Both engines read the same ids and obey the same `Decoding`."""
