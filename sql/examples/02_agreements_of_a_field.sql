-- Which instruments on culture are signed, and between whom. Any value of agreements.fields will do for culture.
SELECT
    date,
    instrument,
    title,
    parties,
    instruments
FROM agreement_register
WHERE list_contains(fields, 'culture') AND status IN ('signed', 'in_force');
