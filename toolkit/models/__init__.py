"""The toolkit's pages and their filter columns."""

from toolkit.models.comparison import MethodComparisonPage
from toolkit.models.facts import MethodFacts
from toolkit.models.finder import MethodFinderPage
from toolkit.models.index import MethodIndexPage
from toolkit.models.method import MethodCombination, MethodPage

__all__ = [
    "MethodCombination",
    "MethodComparisonPage",
    "MethodFacts",
    "MethodFinderPage",
    "MethodIndexPage",
    "MethodPage",
]
