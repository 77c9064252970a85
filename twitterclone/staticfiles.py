"""How static files are served in production: compressed, and under names that change with their content."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # it has no types


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # as above
    """Also the names in our own modules' imports change, so that no browser mixes an old module with a new one.

    Django's `support_js_module_import_aggregation` would do so for everybody's, and fail on one that is not complete.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", (("""(?P<matched>from "(?P<url>[./][^"]*)";)""", """from "%(url)s";"""),)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Found once: names do not change while a process lives, and every page asks for several."""
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]
