-- Attempts are seen by who sees the message, and written by the machine.
ALTER TABLE delivery_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY machine ON delivery_attempt
  USING ((SELECT governance_system()) IS NOT NULL)
  WITH CHECK ((SELECT governance_system()) IS NOT NULL);
CREATE POLICY seen ON delivery_attempt FOR SELECT
  USING (EXISTS (SELECT FROM delivery AS d WHERE d.id = delivery_id));
