"""Owns the 15 °C arithmetic of the generated diesel, so that healthy data agree with the standard.

ASTM D1250-80 / API MPMS 11.1 (1980), fuel oil and diesel range only (839 to 1075 kg/m³ at 15 °C),
densities read by an oscillating-tube densitometer. Written apart from integrity.volumetrics.standard on
purpose: data that put a calculation to the test must not come out of it. It must not judge any.
"""

from math import exp


def vcf(density_15c: float, temperature_c: float) -> float:
    """Volume correction factor (dimensionless) from kg/m³ at 15 °C and °C: Table 54B, diesel."""
    alpha = 186.9696 / density_15c**2 + 0.4862 / density_15c
    product = alpha * (temperature_c - 15.0)
    return exp(-product * (1.0 + 0.8 * product))


def density_15c(observed_density: float, temperature_c: float) -> float:
    """Density at 15 °C (kg/m³) from the observed density (kg/m³) and °C: Table 53B, diesel."""
    density = observed_density
    # The map contracts by about 0.02 a step near ambient temperature: ten steps are below 1e-12.
    for _ in range(10):
        density = observed_density / vcf(density, temperature_c)
    return density


def volume_15c(volume_ambient_l: float, observed_density: float, temperature_c: float) -> float:
    """Volume at 15 °C in litres, to the half litre.

    Halves are exact in binary, so a tank's sum of movements carries no rounding error whatever
    the order of the addition.
    """
    factor = vcf(density_15c(observed_density, temperature_c), temperature_c)
    return round(volume_ambient_l * factor * 2.0) / 2.0
