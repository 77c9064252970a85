"""How pages of the API are asked for, and what they name their neighbours."""

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.pagination import PageQuery, page_response


def asked(query: str) -> Request:
    return Request(APIRequestFactory().get(f"/api/somewhere/{query}"))


@pytest.mark.parametrize(
    ("query", "keywords"),
    [
        ("", {"limit": 20}),
        ("?limit=5", {"limit": 5}),
        ("?before=9", {"limit": 20, "before": 9}),
        ("?since=9&limit=100", {"limit": 100, "since": 9}),
    ],
)
def test_a_query_becomes_keywords(query: str, keywords: dict[str, int]) -> None:
    assert PageQuery.read(asked(query)) == keywords


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?before=", "?before=x", "?before=1&since=2"])
def test_nonsense_is_refused(query: str) -> None:
    with pytest.raises(ValidationError):
        PageQuery.read(asked(query))


def test_what_one_caller_does_with_his_keywords_is_no_matter_of_the_next() -> None:
    PageQuery.read(asked(""))["limit"] = 1
    assert PageQuery.read(asked("")) == {"limit": 20}


@pytest.mark.parametrize(
    ("query", "rest"),
    [("", ""), ("?before=30&limit=2", "limit=2&"), ("?q=a%26b&q=%C3%A9&since=1", "q=a%26b&q=%C3%A9&")],
)
def test_neighbours_keep_all_of_the_query_but_the_cursor(query: str, rest: str) -> None:
    response = page_response(asked(query), [b"1", b"2"], older=5, newer=7)
    older, newer = (f"http://testserver/api/somewhere/?{rest}{cursor}" for cursor in ("before=5", "since=7"))
    assert response.headers["Link"] == f'<{older}>; rel="next", <{newer}>; rel="prev"'
    assert response.content.decode() == f'{{"results":[1,2],"next":"{older}","previous":"{newer}"}}'


def test_the_end_has_no_next_page() -> None:
    response = page_response(asked(""), [], older=None, newer=7)
    newer = "http://testserver/api/somewhere/?since=7"
    assert response.headers["Link"] == f'<{newer}>; rel="prev"'
    assert response.content.decode() == f'{{"results":[],"next":null,"previous":"{newer}"}}'
