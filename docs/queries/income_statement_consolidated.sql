/* Income statement of a group by month: a subsidiary with all below it, in its currency.

   :subsidiary  the subsidiary at the top of the group, for instance that of the parent company
   :from, :to   the first and the last day; every posting period that lies within them is shown
   :book        the accounting book, 1 is the primary one

   Income is positive and so are costs; effect is what the row does to net income. Each entry is taken at the
   consolidated exchange rate of its own posting period and book, and of the kind that its account asks for: the
   average rate, unless the account's general rate is another one. The lines are added up unrounded and rounded
   once, so that a total of the rows may be some cents off. Entries of the elimination subsidiaries are in. The
   group is found by full names: that of a subsidiary begins with the full name of the one above it. */
SELECT
    p.id AS period,
    p.periodname,
    p.startdate,
    DECODE(a.accttype, 'Income', 1, 'COGS', 2, 'Expense', 3, 'OthIncome', 4, 5) AS section,
    a.accttype,
    a.id AS account,
    a.acctnumber,
    a.accountsearchdisplaynamecopy AS acctname,
    ROUND(SUM(
        BUILTIN.CONSOLIDATE(tal.amount, 'INCOME', 'DEFAULT', 'DEFAULT', :subsidiary:number, t.postingperiod, :book:number)
        * CASE WHEN a.accttype IN ('Income', 'OthIncome') THEN -1 ELSE 1 END
    ), 2) AS amount,
    ROUND(SUM(
        BUILTIN.CONSOLIDATE(tal.amount, 'INCOME', 'DEFAULT', 'DEFAULT', :subsidiary:number, t.postingperiod, :book:number)
        * -1
    ), 2) AS effect
FROM transactionaccountingline tal
JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
JOIN transaction t ON t.id = tal.transaction
JOIN accountingperiod p ON p.id = t.postingperiod
JOIN account a ON a.id = tal.account
JOIN subsidiary s ON s.id = tl.subsidiary
JOIN subsidiary head ON s.id = head.id OR s.fullname LIKE head.fullname || ' : %'
WHERE head.id = :subsidiary:number
    AND tal.posting = 'T'
    AND tal.accountingbook = :book:number
    AND p.startdate >= :from:date
    AND p.enddate <= :to:date
    AND a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
GROUP BY p.id, p.periodname, p.startdate, a.accttype, a.id, a.acctnumber, a.accountsearchdisplaynamecopy
ORDER BY p.startdate, p.id, section, a.acctnumber, a.id
