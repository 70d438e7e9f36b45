/* Income statement by month: every account of income and cost, by subsidiary and posting period.

   :from, :to   the first and the last day; every posting period that lies within them is shown
   :book        the accounting book, 1 is the primary one

   Amounts are as a statement shows them: income positive, costs positive, in the base currency of the
   subsidiary. effect is what the row does to net income; its sum over all rows of a month is that month's net
   income. The result of December may lie in two periods: the month and the adjustment period of the year. */
SELECT
    p.id AS period,
    p.periodname,
    p.startdate,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    c.symbol AS currency,
    DECODE(a.accttype, 'Income', 1, 'COGS', 2, 'Expense', 3, 'OthIncome', 4, 5) AS section,
    a.accttype,
    a.id AS account,
    a.acctnumber,
    a.accountsearchdisplaynamecopy AS acctname,
    SUM(CASE WHEN a.accttype IN ('Income', 'OthIncome') THEN -tal.amount ELSE tal.amount END) AS amount,
    SUM(-tal.amount) AS effect
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
    AND a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
GROUP BY
    p.id, p.periodname, p.startdate, s.id, s.name, c.symbol,
    a.accttype, a.id, a.acctnumber, a.accountsearchdisplaynamecopy
ORDER BY s.id, p.startdate, p.id, section, a.acctnumber, a.id
