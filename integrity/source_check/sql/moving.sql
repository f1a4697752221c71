-- What a row says, by its identity, so that two readings can be compared; some rows are enough.
SELECT check_code::text, entity_type::text, entity_id::text,
       md5(concat_ws(E'\n', message::text, payload::text)), detected_at::text
FROM {view}
ORDER BY 1, 2, 3
LIMIT 2000
