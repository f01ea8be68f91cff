"""Features of the product, found in the packages of services/: nobody lists them by hand."""

import importlib
import pkgutil
from importlib.util import find_spec
from typing import Final

import services
from services.kernel.features import Features

FEATURES: Final = Features(
    {
        found.name: importlib.import_module(f"services.{found.name}.feature").FEATURE
        for found in pkgutil.iter_modules(services.__path__)
        if found.ispkg and find_spec(f"services.{found.name}.feature")
    }
)
