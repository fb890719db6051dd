"""Addresses of what comes back from rounds."""

from django.urls import path

from rounding.views import comments, media, promises, reading, themes

urlpatterns = [
    path("rounds/", reading.mine, name="mine"),
    path("rounds/<int:pk>/", reading.one, name="round"),
    path("rounds/<int:pk>/comments/", reading.comment, name="comment"),
    path("rounds/<int:pk>/notes/<int:note_pk>/", reading.words, name="note-words"),
    path("rounds/<int:pk>/notes/<int:note_pk>/themes/", themes.of_note, name="note-themes"),
    path("rounds/comments/<int:pk>/", comments.own, name="own-comment"),
    path("rounds/themes/", themes.themes, name="themes"),
    path("rounds/themes.csv", themes.themes_csv, name="themes-file"),
    path("rounds/recordings/<uuid:uid>/", media.recording, name="recording"),
    path("rounds/recordings/<uuid:uid>/words/", reading.transcribe, name="transcribe"),
    path("rounds/photos/<uuid:uid>/", media.photo, name="photo"),
    path("rounds/photos/<uuid:uid>/remove/", media.photo_remove, name="photo-remove"),
    path("rounds/promises/", promises.everywhere, name="promises"),
    path("rounds/promises/<int:pk>/", promises.answer, name="promise"),
    path("rounds/units/<int:unit_id>/", reading.of_unit, name="unit"),
    path("rounds/units/<int:unit_id>/line/", promises.line_of_unit, name="unit-line"),
    path("rounds/units/<int:unit_id>/thanks/", promises.thanks_of_unit, name="unit-thanks"),
    path("rounds/units/<int:unit_id>/thanks/read/", promises.read_out, name="read-out"),
]
