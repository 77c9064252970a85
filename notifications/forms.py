"""The form that says how far somebody has read."""

from django import forms


class ReadForm(forms.Form):
    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)
