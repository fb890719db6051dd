"""The starting catalogue: groups of patients, letters, reasons and measures that a hospital begins with."""

from boards.catalogue.load import Loaded, load_catalogue

__all__ = ["Loaded", "load_catalogue"]
