-- Entries of the ledger that were committed and have waited too long for their hash. The heartbeat notes since when.
SELECT
    'console/chain' AS entity_id,
    w.entries_waiting AS entries,
    w.waiting_since AS detected_at
FROM watched_source AS w
WHERE w.source = 'console'
  AND w.entries_waiting > 0  -- Unprovable: the instant is noted with the number
  AND w.waiting_since <= now() - :delai
