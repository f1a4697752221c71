-- How many alerts a statement moved into a group (or out of it, below zero), and how many episodes began there.
CREATE TYPE alert_move AS (
  concerns text, source text, check_code text, entity_type text, severity text, status text, n bigint, begun bigint
);
