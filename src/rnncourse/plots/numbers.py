"""Numbers as the book writes them."""

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """10 to a whole power, as text: ``10⁻⁸``."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def number(value: float, digits: int = 3) -> str:
    """A number as the book writes it, and as its figures do: ``0.25``, ``−3``, ``1.2 · 10⁻⁸``.

    Args:
        value: any number.
        digits: significant digits.
    """
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    size, sign = abs(value), "−" if value < 0 else ""
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 1e6:
        factor, exponent = f"{size:.{digits - 1}e}".split("e")
        power = power_of_ten(int(exponent))
        one = float(factor) == 1
        return sign + (power if one else f"{float(factor):g}\u00a0·\u00a0{power}")
    if size >= 10 ** (digits - 1):
        return f"{sign}{round(size):,}"
    return f"{sign}{float(f'{size:.{digits}g}'):g}"
