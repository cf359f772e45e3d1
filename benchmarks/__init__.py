"""Measurements, a script a page; `campaigns/` breaks things on purpose, `timing/` is what speed.py is made of."""
