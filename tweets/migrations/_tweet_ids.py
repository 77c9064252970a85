"""The SQL of the function that mints tweet ids, and of its sequence.

An id is `milliseconds since 2026-01-01 << 22` or the previous id plus one, whichever is greater: it sorts by time,
never repeats and never steps back, whatever the clock does. Calls take turns (an advisory lock held for the call, not
for the transaction), so that nobody can push the sequence back to a moment that another has already passed; the
handler gives the lock back when the statement is cancelled in between.
"""

CREATE = """
CREATE SEQUENCE tweet_id_seq AS bigint;

CREATE FUNCTION new_tweet_id() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    turn CONSTANT bigint := 7310579611;
    epoch CONSTANT numeric := 1767225600;
    minted bigint;
    earliest bigint;
BEGIN
    BEGIN
        PERFORM pg_advisory_lock(turn);
        minted := nextval('tweet_id_seq');
        earliest := floor((extract(epoch FROM clock_timestamp()) - epoch) * 1000)::bigint << 22;
        IF minted < earliest THEN
            minted := setval('tweet_id_seq', earliest);
        END IF;
    EXCEPTION WHEN query_canceled OR OTHERS THEN
        PERFORM pg_advisory_unlock(turn);
        RAISE;
    END;
    PERFORM pg_advisory_unlock(turn);
    RETURN minted;
END $$;
"""

DROP = "DROP FUNCTION new_tweet_id(); DROP SEQUENCE tweet_id_seq;"
