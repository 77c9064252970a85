"""Drafts and scheduled tweets over REST."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import scoped
from accounts.authentication import member
from accounts.limits import limited
from accounts.serializers import ErrorSerializer
from drafts import actions, queries
from drafts.serializers import DraftSerializer, DraftsQuery, DraftsSerializer, NewDraftSerializer
from tweets.api import IDEMPOTENCY_KEY, idempotency_key, in_thread, refusal, thread_response
from tweets.rejections import Rejected
from tweets.serializers import ThreadSerializer

SCOPE = "write:tweets"


@extend_schema(tags=["drafts"])
@limited(POST="draft")
@scoped(GET=SCOPE, POST=SCOPE)
class DraftsView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="drafts", parameters=[DraftsQuery], responses=DraftsSerializer)
    def get(self, request: Request) -> Response:
        """One's drafts, the newest first, or one's scheduled tweets, the next first."""
        query = DraftsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        listed = queries.scheduled_of if query.validated_data["scheduled"] else queries.drafts_of
        return Response({"drafts": DraftSerializer(listed(member(request)), many=True).data})

    @extend_schema(
        operation_id="draft_save",
        parameters=[IDEMPOTENCY_KEY],
        request=NewDraftSerializer,
        responses={201: DraftSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Keep a draft, or schedule what will be posted by itself."""
        new = NewDraftSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            saved = actions.save(
                author=member(request),
                content=new.content(),
                scheduled_at=new.validated_data.get("scheduled_at"),
                idempotency_key=idempotency_key(request),
            )
        except Rejected as rejected:
            raise in_thread(rejected) from None
        return Response(DraftSerializer(saved).data, status=201)


@extend_schema(tags=["drafts"])
@limited(PUT="draft", DELETE="draft")
@scoped(GET=SCOPE, PUT=SCOPE, DELETE=SCOPE)
class DraftView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="draft", responses=DraftSerializer)
    def get(self, request: Request, draft_id: int) -> Response:
        """A draft of one's own."""
        return Response(DraftSerializer(queries.own_draft(member(request), draft_id)).data)

    @extend_schema(operation_id="draft_change", request=NewDraftSerializer, responses=DraftSerializer)
    def put(self, request: Request, draft_id: int) -> Response:
        """Write a draft anew, or give it another time or none. What is left out is gone."""
        new = NewDraftSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        try:
            saved = actions.change(
                author=member(request),
                draft_id=draft_id,
                content=new.content(),
                scheduled_at=new.validated_data.get("scheduled_at"),
            )
        except Rejected as rejected:
            raise in_thread(rejected) from None
        return Response(DraftSerializer(saved).data)

    @extend_schema(operation_id="draft_delete", responses={204: None})
    def delete(self, request: Request, draft_id: int) -> Response:
        """Delete a draft; what was scheduled is not posted then."""
        actions.delete(author=member(request), draft_id=draft_id)
        return Response(status=204)


@extend_schema(tags=["drafts"])
@limited(POST="thread")
@scoped(POST=SCOPE)
class PostDraftView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="draft_post", request=None, responses={201: ThreadSerializer})
    def post(self, request: Request, draft_id: int) -> HttpResponse:
        """Post a draft now. A second call answers with what the first one posted."""
        try:
            posted = actions.post(author=member(request), draft_id=draft_id)
        except Rejected as rejected:
            raise refusal(rejected) from None
        return thread_response([tweet.pk for tweet in posted], request)
