"""Addresses of the review."""

from django.urls import path

from governance.access.review.views import review

urlpatterns = [path("governance/access/review", review, name="access_review")]
