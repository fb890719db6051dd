"""Addresses of issues; part of the addresses of the room."""

from django.urls import URLPattern, path

from huddles.views import attachments, capture, issue, issue_comments, issues, mine

urlpatterns: list[URLPattern] = [
    path("issues/", issues.issues, name="issues"),
    path("issues/live/", issues.issues_live, name="issues-live"),
    path("issues/new/", capture.issue_new, name="issue-new"),
    path("issues/similar/", capture.similar, name="similar"),
    path("issues/hints/", capture.hints_beside, name="hints"),
    path("issues/<int:pk>/", issue.issue, name="issue"),
    path("issues/<int:pk>/live/", issue.issue_live, name="issue-live"),
    path("issues/<int:pk>/comments/", issue_comments.comment, name="comment"),
    path("issues/<int:pk>/comments/<int:comment_pk>/remove/", issue_comments.comment_remove, name="comment-remove"),
    path("issues/<int:pk>/attachments/", attachments.attach, name="attach"),
    path("issues/<int:pk>/attachments/<int:attachment_pk>/", attachments.attachment, name="attachment"),
    path(
        "issues/<int:pk>/attachments/<int:attachment_pk>/remove/",
        attachments.attachment_remove,
        name="attachment-remove",
    ),
    path("issues/<int:pk>/<str:act>/", issue.issue_act, name="issue-act"),
    path("mine/", mine.mine, name="mine"),
    path("c/<str:token>/", capture.capture, name="capture"),
    path("c/<str:token>/hints/", capture.capture_hints, name="capture-hints"),
    path("f/<str:token>/", capture.follow, name="follow"),
    path("boards/<int:unit_id>/code/", capture.capture_code, name="capture-code"),
]
