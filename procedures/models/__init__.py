"""The room's pages and their filter columns."""

from procedures.models.district import DistrictIndexPage, DistrictPage
from procedures.models.edition import Edition, EditionDraft, EditionFacts, EditionPaper
from procedures.models.facts import DistrictFacts, NewsFacts, ProcedureFacts
from procedures.models.imports import ColumnMemory, ImportedPage, ImportRun
from procedures.models.index import ProcedureIndexPage
from procedures.models.news import NewsDistrict, NewsIndexPage, NewsPage, NewsProcedure
from procedures.models.principle import Principle
from procedures.models.procedure import ProcedureDistrict, ProcedureMethod, ProcedurePage, ProcedureTopic
from procedures.models.round import UpdateLetter, UpdateRequest, UpdateRound
from procedures.models.street import Street

__all__ = [
    "ColumnMemory",
    "DistrictFacts",
    "DistrictIndexPage",
    "DistrictPage",
    "Edition",
    "EditionDraft",
    "EditionFacts",
    "EditionPaper",
    "ImportRun",
    "ImportedPage",
    "NewsDistrict",
    "NewsFacts",
    "NewsIndexPage",
    "NewsPage",
    "NewsProcedure",
    "Principle",
    "ProcedureDistrict",
    "ProcedureFacts",
    "ProcedureIndexPage",
    "ProcedureMethod",
    "ProcedurePage",
    "ProcedureTopic",
    "Street",
    "UpdateLetter",
    "UpdateRequest",
    "UpdateRound",
]
