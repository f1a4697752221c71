-- Who sees which entry: the machine all, a person those of the sources whose history the person may
-- read. An entry of no source concerns the console, whose history whoever reads any history reads.
-- The sub-select is evaluated once per statement, never per row. Forced: the owner is bound as well.
ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY;

CREATE POLICY machine ON ledger_entry FOR SELECT
  USING ((SELECT governance_system()) IS NOT NULL);

CREATE POLICY seen ON ledger_entry FOR SELECT
  USING (coalesce(source, 'console') = ANY ((SELECT governance_sources('history'))::text[]));

-- That a report was kept, and under which hash, is everybody's to know who is signed in: whoever holds the paper can ask
-- whether it is unaltered. Such an entry says which days the report is about, and nothing of what is in it.
CREATE POLICY kept ON ledger_entry FOR SELECT
  USING (action = 'report.keep' AND (SELECT governance_user_id()) IS NOT NULL);

-- Who may insert is not a question of rows: ledger_append is the only door (ledger_guard_door.sql).
CREATE POLICY appended ON ledger_entry FOR INSERT WITH CHECK (true);
