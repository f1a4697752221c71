-- Where one snapshot of a source lands, row by row as the source wrote it. Text: nothing is refused here.
CREATE TEMPORARY TABLE incoming (
  check_code text, severity text, entity_type text, entity_id text, message text, payload text,
  detected_at text
) ON COMMIT DROP
