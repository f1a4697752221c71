-- How many active alerts of a source, about one source, a statement saw at an instant.
CREATE TYPE alert_saw AS (source text, concerns text, at timestamptz, seen bigint);
