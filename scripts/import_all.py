"""Imports every module of the rooms: what the run lock does not bring would show here."""

import importlib
import pkgutil

import django

ROOMS = ("huddleboard", "improvement", "rounding", "huddles", "boards", "org", "analytics")


def main() -> None:
    django.setup()
    count = 0
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)
                count += 1
    print(f"{count} modules imported")


if __name__ == "__main__":
    main()
