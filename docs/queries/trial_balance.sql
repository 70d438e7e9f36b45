/* Trial balance: debits and credits of each account, by subsidiary and posting period.

   :from, :to   the first and the last day; every posting period that lies within them is shown
   :book        the accounting book, 1 is the primary one

   Each row is the activity of one period in the base currency of its subsidiary; net is debit less credit. An
   adjustment period lies on the last day of its year and has rows of its own. Add up periods for a quarter or a
   year, never subsidiaries of different currencies. Without the filter on the book every amount would stand
   twice in an account with two books. Statistical accounts are no money: the last condition leaves them out. */
SELECT
    p.id AS period,
    p.periodname,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    c.symbol AS currency,
    a.id AS account,
    a.acctnumber,
    a.accountsearchdisplaynamecopy AS acctname,
    a.accttype,
    SUM(NVL(tal.debit, 0)) AS debit,
    SUM(NVL(tal.credit, 0)) AS credit,
    SUM(tal.amount) AS net
FROM transactionaccountingline tal
JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
JOIN transaction t ON t.id = tal.transaction
JOIN accountingperiod p ON p.id = t.postingperiod
JOIN account a ON a.id = tal.account
JOIN subsidiary s ON s.id = tl.subsidiary
JOIN currency c ON c.id = s.currency
WHERE tal.posting = 'T'
    AND tal.accountingbook = :book:number
    AND p.startdate >= :from:date
    AND p.enddate <= :to:date
    AND a.accttype NOT IN ('NonPosting', 'Stat')
GROUP BY
    p.id, p.periodname, p.startdate, s.id, s.name, c.symbol,
    a.id, a.acctnumber, a.accountsearchdisplaynamecopy, a.accttype
ORDER BY s.id, p.startdate, p.id, a.acctnumber, a.id
