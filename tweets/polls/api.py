"""Polls over REST."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import limited
from tweets.api import tweet_response
from tweets.polls import actions
from tweets.rejections import Rejected
from tweets.serializers import TweetSerializer, VoteSerializer


@extend_schema(tags=["tweets"])
@limited(POST="vote")
@scoped(POST="write:tweets")
class VoteView(APIView):
    @extend_schema(operation_id="vote", request=VoteSerializer, responses=TweetSerializer)
    def post(self, request: Request, tweet_id: int) -> HttpResponse:
        """Vote in a tweet's poll, once and for good; the same vote again changes nothing."""
        cast = VoteSerializer(data=request.data)
        cast.is_valid(raise_exception=True)
        try:
            tweet = actions.vote(user=member(request), tweet_id=tweet_id, **cast.validated_data)
        except Rejected as rejected:
            raise ValidationError({rejected.field: ErrorDetail(str(rejected), rejected.code)}) from None
        return tweet_response(tweet.pk, request)
