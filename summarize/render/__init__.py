"""Rendering: results as Markdown and JSON files, and as text for a terminal. Nothing here decides anything."""
