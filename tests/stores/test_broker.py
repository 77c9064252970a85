"""What Celery's worker finds in the queue."""

import json

from celery import current_app

from stores import broker, redis
from timelines import tasks


def test_a_bare_task_arrives_as_any_other_and_one_client_sends_them_all() -> None:
    for send in (tasks.drain.delay, lambda: tasks.drain.apply_async(**broker.BARE)):
        send()
    usual, bare = (json.loads(each) for each in redis.timelines().lrange("fanout", 0, -1)[::-1])
    ids = [(message["headers"].pop("id"), message["headers"].pop("root_id")) for message in (usual, bare)]
    assert ids[0] != ids[1]
    assert (bare["headers"], bare["body"]) == (usual["headers"], usual["body"])
    assert (bare["headers"]["task"], bare["headers"]["argsrepr"]) == ("timelines.tasks.drain", "()")
    with current_app.producer_pool.acquire() as producer:
        channel = producer.channel
        assert isinstance(channel, broker.Channel)
        with channel.conn_or_acquire() as one, channel.conn_or_acquire() as other:
            assert one is other
