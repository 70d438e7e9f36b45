/* Vendor spend: what was bought from each vendor, by subsidiary and posting period.

   :from, :to   the first and the last day; every posting period that lies within them is shown

   Bills, checks and card charges, less bill credits and card refunds, tax included, in the base currency of the
   subsidiary. The main line of each is read, which is the side of the payable, the bank or the card: a credit
   for what is bought, hence the turned sign. Payments of bills are not spend, or everything would count twice;
   nor are orders. Book 1 is the primary one. */
SELECT
    p.id AS period,
    p.periodname,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    c.symbol AS currency,
    e.id AS entity,
    e.entitytitle AS vendor,
    COUNT(*) AS documents,
    SUM(-tal.amount) AS amount
FROM transaction t
JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'T'
JOIN transactionaccountingline tal ON tal.transaction = tl.transaction AND tal.transactionline = tl.id
JOIN accountingperiod p ON p.id = t.postingperiod
JOIN subsidiary s ON s.id = tl.subsidiary
JOIN currency c ON c.id = s.currency
JOIN entity e ON e.id = t.entity
WHERE t.type IN ('VendBill', 'VendCred', 'Check', 'CardChrg', 'CardRfnd')
    AND tal.posting = 'T'
    AND tal.accountingbook = 1
    AND p.startdate >= :from:date
    AND p.enddate <= :to:date
GROUP BY p.id, p.periodname, p.startdate, s.id, s.name, c.symbol, e.id, e.entitytitle
ORDER BY s.id, e.entitytitle, e.id, p.startdate, p.id
