"""What pyproject.toml cannot say: one package lies outside ``kitdesk/``.

In a checkout ``kitdesk/resources`` is a link to ``resources``; a source archive holds no links, so
the package is named here instead of being found.
"""

from setuptools import find_packages, setup

setup(packages=sorted({*find_packages(include=["kitdesk", "kitdesk.*"]), "kitdesk.resources"}))
