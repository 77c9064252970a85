"""How static files are served in production: compressed, and under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also the names in JavaScript's own imports change, so that no browser mixes an old module with a new one."""

    support_js_module_import_aggregation = True
