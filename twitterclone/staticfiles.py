"""How static files are served in production: compressed, and under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # whitenoise has no types


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also the names in JavaScript's own imports change, so that no browser mixes an old module with a new one."""

    support_js_module_import_aggregation = True
