"""The parts of `benchmarks/speed.py`, which is the command: contestants, measurements, and the page made of them."""
