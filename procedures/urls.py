"""Addresses of the room that are no pages. Included by a project, in the language of the office only.

``update_round`` stands in letters to departments: whoever has the link sees and answers what they were asked.
"""

from django.urls import path

from procedures.round.department import AnswerView, OverviewView

urlpatterns = [
    path("rueckmeldung/<str:token>/", OverviewView.as_view(), name="update_round"),
    path("rueckmeldung/<str:token>/<int:pk>/", AnswerView.as_view(), name="update_round_answer"),
]
