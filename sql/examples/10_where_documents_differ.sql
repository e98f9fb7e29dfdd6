-- Where documents tell one thing differently: each value, who tells it, and whether it is the one that the record took. To see only
-- contradictions, keep what differs in content.
SELECT
    record_id,
    field,
    value,
    chosen,
    differs,
    source_ids
FROM disagreements
ORDER BY record_id, field, chosen DESC, value;
