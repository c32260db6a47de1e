"""Addresses of the directory, under those of the network."""

from django.urls import path

from convergence.web.directory import exports, imports, records, searching, settling

urlpatterns = [
    path("", searching.directory, name="directory"),
    path("communes/", searching.towns, name="directory-towns"),
    path("modele/", imports.template_file, name="directory-template"),
    path("exporter/<str:directory_format>/", exports.download, name="directory-export"),
    path("structures/<int:directory_structure_id>/", records.structure, name="directory-structure"),
    path("structures/<int:directory_structure_id>/corriger/", records.correct_structure, name="correct-structure"),
    path("services/<int:directory_service_id>/", records.service, name="directory-service"),
    path("services/<int:directory_service_id>/corriger/", records.correct_service, name="correct-service"),
    path("services/<int:directory_service_id>/prendre/", records.take, name="take-service"),
    path("ecarts/", settling.listed, name="directory-differences"),
    path("importer/", imports.upload, name="import-directory"),
    path("importer/<uuid:directory_import_id>/", imports.show, name="directory-import"),
    path("importer/<uuid:directory_import_id>/lignes/", imports.refused, name="directory-import-refused"),
    path("importer/<uuid:directory_import_id>/absents/", imports.absent, name="directory-import-absent"),
    path("importer/<uuid:directory_import_id>/recommencer/", imports.again, name="directory-import-again"),
]
