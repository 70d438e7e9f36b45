/* Journal entries by period: every posted journal, with its lines, debits and credits. For an account without
   OneWorld, where nothing has a subsidiary.

   :from, :to   the first and the last day; every posting period that lies within them is shown
   :book        the accounting book, 1 is the primary one

   In the base currency. The period is the one that a journal was posted in, whatever its date says. A journal
   that waits for approval is not here; one of a single book is in that book alone. Debits and credits are equal
   in every row, or the journal is broken. */
SELECT
    p.id AS period,
    p.periodname,
    t.id AS transaction,
    t.tranid,
    t.trandate,
    t.memo,
    COUNT(*) AS lines,
    SUM(NVL(tal.debit, 0)) AS debit,
    SUM(NVL(tal.credit, 0)) AS credit
FROM transaction t
JOIN transactionaccountingline tal ON tal.transaction = t.id
JOIN accountingperiod p ON p.id = t.postingperiod
WHERE t.type = 'Journal'
    AND tal.posting = 'T'
    AND tal.accountingbook = :book:number
    AND p.startdate >= :from:date
    AND p.enddate <= :to:date
GROUP BY p.id, p.periodname, p.startdate, t.id, t.tranid, t.trandate, t.memo
ORDER BY p.startdate, p.id, t.trandate, t.id
