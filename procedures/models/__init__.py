"""The room's pages and their filter columns."""

from procedures.models.district import DistrictIndexPage, DistrictPage
from procedures.models.facts import ProcedureFacts
from procedures.models.imports import ColumnMemory, ImportedPage, ImportRun
from procedures.models.index import ProcedureIndexPage
from procedures.models.procedure import ProcedureDistrict, ProcedureMethod, ProcedurePage

__all__ = [
    "ColumnMemory",
    "DistrictIndexPage",
    "DistrictPage",
    "ImportRun",
    "ImportedPage",
    "ProcedureDistrict",
    "ProcedureFacts",
    "ProcedureIndexPage",
    "ProcedureMethod",
    "ProcedurePage",
]
