-- Mentions of actors, one row each.

CREATE TABLE actor_mentions AS
SELECT
    mention_id,
    source_id,
    document,
    max(value) FILTER (WHERE field = 'key') AS key,
    max(value) FILTER (WHERE field = 'name') AS name,
    max(value) FILTER (WHERE field = 'kind') AS kind,
    max(value) FILTER (WHERE field = 'country') AS country,
    max(value) FILTER (WHERE field = 'office') AS office,
    bool_or(field = 'office' AND rule LIKE 'grammar:%') AS office_is_stated,
    max(value) FILTER (WHERE field = 'parent_actor_id') AS parent,
    max(value) FILTER (WHERE field = 'wikidata_id') AS wikidata_id,
    bool_or(rule = 'lexicon:actor') AS is_known,
    min(position) AS position
FROM raw_statements
WHERE record_type = 'actor' AND in_part(document)
GROUP BY mention_id, source_id, document;
