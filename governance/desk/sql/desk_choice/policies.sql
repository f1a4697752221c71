-- How a person chose to see the integrity screen: each their own, nobody another's. No entry in the ledger: it is
-- a way of looking, not an action.
ALTER TABLE desk_choice ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk_choice FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON desk_choice
  USING (owner_id = (SELECT governance_user_id()))
  WITH CHECK (owner_id = (SELECT governance_user_id()));
