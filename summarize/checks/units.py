"""Units of measurement: what was measured in kilometres is not measured in miles, nor in nothing at all."""

from __future__ import annotations

import re

# German and English ways to write a unit after a figure; the signs are the same in both languages.
_UNITS = {
    "km/h": (r"km/h|kmh|Stundenkilometer\w*|Kilometern? (?:pro|in der|je) Stunde",
             r"km/h|kmh|kph|k/h|kilomet(?:re|er)s? (?:per|an) hour|km (?:per|an) hour"),
    "m/s": (r"m/s", r"m/s|met(?:re|er)s? (?:per|a) second"),
    "km²": (r"km²|Quadratkilometern?", r"km²|km2|sq\.? ?km|square kilomet(?:re|er)s?|square km"),
    "m²": (r"m²|Quadratmetern?", r"m²|m2|sq\.? ?m|square[ -]met(?:re|er)s?"),
    "m³": (r"m³|Kubikmetern?", r"m³|m3|cubic[ -]met(?:re|er)s?"),
    "km": (r"km|Kilometern?", r"km|kms|kilomet(?:re|er)s?|k"),
    "cm": (r"cm|Zentimetern?", r"cm|centimet(?:re|er)s?"),
    "mm": (r"mm|Millimetern?", r"mm|millimet(?:re|er)s?"),
    "m": (r"m|Metern?", r"m|met(?:re|er)s?"),
    "kg": (r"kg|Kilogramm|Kilos?", r"kg|kgs|kilogram(?:me)?s?|kilos?"),
    "mg": (r"mg|Milligramm", r"mg|milligram(?:me)?s?"),
    "g": (r"g|Gramm", r"g|gram(?:me)?s?"),
    "t": (r"t|Tonnen?", r"t|tons?|tonnes?"),
    "l": (r"l|Litern?", r"l|lit(?:re|er)s?"),
    "ha": (r"ha|Hektar", r"ha|hectares?"),
    "°C": (r"°\s?C|Grad Celsius", r"°\s?C|C|(?:degrees? )?(?:C|Celsius|centigrade)"),
    "°F": (r"°\s?F|Grad Fahrenheit", r"°\s?F|F|(?:degrees? )?(?:F|Fahrenheit)"),
    "mile": (r"Meilen?", r"miles?|mi"),
    "foot": (r"Fuß", r"feet|foot|ft|['′]"),
    "inch": (r"Zoll", r"inch(?:es)?|in|[\"″]"),
    **{sign: (re.escape(sign), re.escape(sign)) for sign in ("kWh", "MWh", "GWh", "kW", "MW", "GW", "kHz", "MHz",
                                                            "GHz", "kB", "MB", "GB", "TB", "mph", "hPa")},
}  # fmt: skip
_GERMAN = re.compile(
    r"\d\s?-?(?:" + "|".join(f"({german})" for german, _ in _UNITS.values()) + r")(?![\w/²³])(?! (?:pro|in der|je) )"
)
_ENGLISH = [re.compile(rf"(?<![^\W\d_])(?:{english})(?![^\W\d_]|/)", re.IGNORECASE) for _, english in _UNITS.values()]


def units(source: str, output: str) -> bool:
    """A figure of the source has a unit that the output does not name, neither by its sign nor in words.

    >>> units("5 km", "5 kilometres"), units("5 km", "5 miles"), units("bei 30 °C", "at 30°C"), units("20 m²", "20 m")
    (False, True, False, True)
    """
    return any(not _ENGLISH[match.lastindex - 1].search(output) for match in _GERMAN.finditer(source))
