/* Budget against actual: what was planned for each account and posting period, and what came. For an account
   without OneWorld, where nothing has a subsidiary.

   :category    the budget category, an id of budgetcategory
   :from, :to   the first and the last day; every posting period that lies within them is shown

   Income is positive and so are costs, as budgets are entered, in the base currency. variance is actual less
   budget: good for income, bad for costs. Actual is the primary book's, all departments and classes together,
   and 0 where nothing was posted. Only accounts with a budget are here. Budgets of several departments for one
   account are added up. */
SELECT
    p.id AS period,
    p.periodname,
    a.id AS account,
    a.acctnumber,
    a.accountsearchdisplaynamecopy AS acctname,
    a.accttype,
    planned.amount AS budget,
    NVL(posted.amount, 0) * CASE WHEN a.accttype IN ('Income', 'OthIncome') THEN -1 ELSE 1 END AS actual,
    NVL(posted.amount, 0) * CASE WHEN a.accttype IN ('Income', 'OthIncome') THEN -1 ELSE 1 END - planned.amount
        AS variance
FROM (
    SELECT b.account, bm.period, SUM(bm.amount) AS amount
    FROM budgets b
    JOIN budgetsmachine bm ON bm.budget = b.id
    WHERE b.category = :category:number
    GROUP BY b.account, bm.period
) planned
JOIN accountingperiod p ON p.id = planned.period
JOIN account a ON a.id = planned.account
LEFT JOIN (
    SELECT tal.account, t.postingperiod, SUM(tal.amount) AS amount
    FROM transactionaccountingline tal
    JOIN transaction t ON t.id = tal.transaction
    WHERE tal.posting = 'T' AND tal.accountingbook = 1
    GROUP BY tal.account, t.postingperiod
) posted
    ON posted.account = planned.account
    AND posted.postingperiod = planned.period
WHERE p.startdate >= :from:date AND p.enddate <= :to:date
ORDER BY p.startdate, p.id, a.acctnumber, a.id
