"""The admin app: the desk of clerks, reviewers, inspectors and approvers, and the pages of the operators."""

from admin.app import create_app

__all__ = ["create_app"]
