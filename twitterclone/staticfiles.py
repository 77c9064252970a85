"""How static files are served in production: compressed, and under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # it has no types


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # as above
    """Also the names in our own modules' imports change, so that no browser mixes an old module with a new one.

    Django's `support_js_module_import_aggregation` would do so for everybody's, and fail on one that is not complete.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", (("""(?P<matched>from "(?P<url>[./][^"]*)";)""", """from "%(url)s";"""),)),
    )
