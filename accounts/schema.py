"""What every operation of the API's description says. On its own, since REST framework imports it early."""

from drf_standardized_errors.openapi import AutoSchema

from accounts.access import scopes


class Schema(AutoSchema):
    """Tokens are refused where their scopes don't reach, whatever else a view permits."""

    def _should_add_http403_error_response(self) -> bool:
        needs_scope = bool(self.get_auth() and scopes.needed(self.view, self.method))
        return needs_scope or bool(super()._should_add_http403_error_response())
