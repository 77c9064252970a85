"""Who can log in to the demo network, which is loaded on the very first start."""

LOGINS = ("ada", "grace")
PASSWORD = "timeline-demo"  # noqa: S105 - printed at every start
