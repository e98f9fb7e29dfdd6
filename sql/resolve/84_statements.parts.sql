-- Statements, each under its id.

CREATE TABLE statements AS
SELECT coalesce(k.statement_id, n.statement_id, c.cell) AS statement_id, c.* EXCLUDE (cell, document)
FROM told_cells AS c
LEFT JOIN statements_kept AS k ON c.cell = k.cell
LEFT JOIN statements_numbered AS n ON c.cell = n.cell
WHERE in_part(c.document);
