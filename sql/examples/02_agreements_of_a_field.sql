-- Which instruments on trade are signed, and between whom. Any value of agreements.fields will do for trade.
SELECT
    date,
    instrument,
    title,
    parties,
    instruments
FROM agreement_register
WHERE list_contains(fields, 'trade') AND status IN ('signed', 'in_force');
