"""The room's pages and their filter columns."""

from procedures.models.district import DistrictIndexPage, DistrictPage
from procedures.models.facts import ProcedureFacts
from procedures.models.index import ProcedureIndexPage
from procedures.models.procedure import ProcedureDistrict, ProcedureMethod, ProcedurePage
from procedures.models.round import UpdateLetter, UpdateRequest, UpdateRound

__all__ = [
    "DistrictIndexPage",
    "DistrictPage",
    "ProcedureDistrict",
    "ProcedureFacts",
    "ProcedureIndexPage",
    "ProcedureMethod",
    "ProcedurePage",
    "UpdateLetter",
    "UpdateRequest",
    "UpdateRound",
]
