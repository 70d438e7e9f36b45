/* Journal entries by period: every posted journal, with its lines, debits and credits.

   :from, :to   the first and the last day; every posting period that lies within them is shown
   :book        the accounting book, 1 is the primary one

   In the base currency of the subsidiary. The period is the one that a journal was posted in, whatever its date
   says. A journal that waits for approval is not here; one of a single book is in that book alone. Debits and
   credits are equal in every row, or the journal is broken. */
SELECT
    p.id AS period,
    p.periodname,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    c.symbol AS currency,
    t.id AS transaction,
    t.tranid,
    t.trandate,
    t.memo,
    COUNT(*) AS lines,
    SUM(NVL(tal.debit, 0)) AS debit,
    SUM(NVL(tal.credit, 0)) AS credit
FROM transaction t
JOIN transactionaccountingline tal ON tal.transaction = t.id
JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
JOIN accountingperiod p ON p.id = t.postingperiod
JOIN subsidiary s ON s.id = tl.subsidiary
JOIN currency c ON c.id = s.currency
WHERE t.type = 'Journal'
    AND tal.posting = 'T'
    AND tal.accountingbook = :book:number
    AND p.startdate >= :from:date
    AND p.enddate <= :to:date
GROUP BY p.id, p.periodname, p.startdate, s.id, s.name, c.symbol, t.id, t.tranid, t.trandate, t.memo
ORDER BY p.startdate, p.id, s.id, t.trandate, t.id
