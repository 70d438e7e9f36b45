/* Income statement by month: every account of income and cost, by posting period. For an account without
   OneWorld, where nothing has a subsidiary.

   :from, :to   the first and the last day; every posting period that lies within them is shown
   :book        the accounting book, 1 is the primary one

   Amounts are as a statement shows them: income positive, costs positive, in the base currency. effect is what
   the row does to net income; its sum over all rows of a month is that month's net income. The result of
   December may lie in two periods: the month and the adjustment period of the year. */
SELECT
    p.id AS period,
    p.periodname,
    p.startdate,
    DECODE(a.accttype, 'Income', 1, 'COGS', 2, 'Expense', 3, 'OthIncome', 4, 5) AS section,
    a.accttype,
    a.id AS account,
    a.acctnumber,
    a.accountsearchdisplaynamecopy AS acctname,
    SUM(CASE WHEN a.accttype IN ('Income', 'OthIncome') THEN -tal.amount ELSE tal.amount END) AS amount,
    SUM(-tal.amount) AS effect
FROM transactionaccountingline tal
JOIN transaction t ON t.id = tal.transaction
JOIN accountingperiod p ON p.id = t.postingperiod
JOIN account a ON a.id = tal.account
WHERE tal.posting = 'T'
    AND tal.accountingbook = :book:number
    AND p.startdate >= :from:date
    AND p.enddate <= :to:date
    AND a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
GROUP BY p.id, p.periodname, p.startdate, a.accttype, a.id, a.acctnumber, a.accountsearchdisplaynamecopy
ORDER BY p.startdate, p.id, section, a.acctnumber, a.id
