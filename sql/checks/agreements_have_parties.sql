-- Every agreement has at least one party; a broker alone is none.
SELECT
    agreements.agreement_id,
    agreements.instrument
FROM agreements
ANTI JOIN agreement_parties
    ON agreements.agreement_id = agreement_parties.agreement_id AND agreement_parties.role = 'party'
ORDER BY agreements.agreement_id;
