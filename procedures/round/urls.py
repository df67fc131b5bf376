"""Addresses of an update round. Included by a project outside of its languages: they speak the office's only.

``update_round`` stands in letters to departments: whoever has the link sees and answers what they were asked.
"""

from django.urls import path

from procedures.round.department import AnswerView, OverviewView

urlpatterns = [
    path("rueckmeldung/<str:token>/", OverviewView.as_view(), name="update_round"),
    path("rueckmeldung/<str:token>/<int:pk>/", AnswerView.as_view(), name="update_round_answer"),
]
