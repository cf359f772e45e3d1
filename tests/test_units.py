"""Figures with units: the sign or the English word must be there; nothing else counts."""

from __future__ import annotations

import pytest

from summarize import checks


@pytest.mark.parametrize(
    "source, output",
    [
        ("Es sind 5 km bis dort.", "It is 5 km to there."),
        ("Es sind 5 Kilometer bis dort.", "It is 5 kilometres to there."),
        ("ein 35-mm-Film", "a 35mm film"),
        ("mit 160 km/h", "at 160 kph"),
        ("mit 160 Kilometern pro Stunde", "at 160 kilometers per hour"),
        ("bei 30 °C", "at 30 degrees Celsius"),
        ("bei 30°C", "at 30°C"),
        ("20 m² groß", "20 square metres in size"),
        ("6 Fuß groß", "6 feet tall"),
        ("500 MW Leistung", "a capacity of 500 MW"),
        ("1 Meter 80", "1 metre 80"),
        ("2018 Menschen", "2018 people"),
        ("3 gute Gründe", "3 good reasons"),
    ],
)
def test_a_unit_that_is_there(source, output):
    assert "units" not in checks.failed(source, output, "de")


@pytest.mark.parametrize(
    "source, output",
    [
        ("Es sind 5 km bis dort.", "It is 5 miles to there."),
        ("Es sind 5 Kilometer bis dort.", "It is 5 to there."),
        ("20 m² groß", "20 m in size"),
        ("bei 30 °C", "at 30"),
        ("mit 160 km/h", "at 160 km"),
        ("500 MW Leistung", "a capacity of 500 kW"),
        ("6 kg schwer", "weighing 6 pounds"),
    ],
)
def test_a_unit_that_became_another(source, output):
    assert "units" in checks.failed(source, output, "de") and "units" not in checks.FATAL
