"""What beat wakes, and how often: the one table. A wake-up that nobody took before the next one is dropped."""

TASKS = {
    "timelines.tasks.sweep": 2,
    "notifications.tasks.sweep": 2,
    "notifications.tasks.purge": 3600,
    "timelines.tasks.settle_counts": 2,
    "accounts.tasks.send_mails": 5,
    "timelines.tasks.close_polls": 2,
    "drafts.tasks.post_due": 2,
    "accounts.tasks.sweep_buckets": 60,
    "accounts.tasks.sweep_access": 3600,
    "accounts.tasks.sweep_relations": 300,
    "timelines.tasks.promote_crowds": 5,
    "discovery.tasks.count_trends": 60,
    "timelines.tasks.watch_redis": 5,
}
"""Tasks, and after how many seconds each is woken again."""

SCHEDULE = {
    task: {"task": task, "schedule": float(seconds), "options": {"expires": seconds}} for task, seconds in TASKS.items()
}
