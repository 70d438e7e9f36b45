/* Balance sheet of a group at the end of every period from one day to another: a subsidiary with all below it.

   :subsidiary  the subsidiary at the top of the group, for instance that of the parent company
   :from, :to   the first and the last day; a sheet is made for every posting period that lies within them
   :book        the accounting book, 1 is the primary one

   By account type, in the currency of the subsidiary at the top; assets positive where they are debits,
   liabilities and equity where they are credits: assets = liabilities + equity, up to a cent for each row,
   since each is rounded once. Accounts with the general rate Current are taken at the rate of the sheet's
   period. All others, equity at the historical and results at the average rate, keep the rate of the period
   they were posted in. Three kinds of rates do not add up to zero: TranslationAdjustment is what is left of all
   entries, which ROLLUP gives as one more row. NetIncome is the result of the fiscal year so far;
   RetainedEarnings holds the results of the years before, and what was entered on such accounts. For accounts
   instead of their types put a.acctnumber beside line in both lists. Every sheet reads all entries from the
   first one on: ask a large account for a month, not for three years. */
SELECT
    x.sheet AS period,
    x.sheetname AS periodname,
    x.sheetend AS enddate,
    CASE WHEN x.place < 10 THEN 'Assets' WHEN x.place < 20 THEN 'Liabilities' ELSE 'Equity' END AS section,
    CASE WHEN GROUPING(x.line) = 1 THEN 'TranslationAdjustment' ELSE x.line END AS accttype,
    ROUND(SUM(x.amount) * CASE WHEN x.place < 10 OR GROUPING(x.line) = 1 THEN 1 ELSE -1 END, 2) AS amount
FROM (
    SELECT
        sheet.id AS sheet,
        sheet.periodname AS sheetname,
        sheet.enddate AS sheetend,
        sheet.isadjust AS sheetadjusts,
        CASE
            WHEN a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
            THEN CASE WHEN p.enddate >= fiscalyear.startdate THEN 23 ELSE 22 END
            ELSE DECODE(a.accttype, 'Bank', 1, 'AcctRec', 2, 'UnbilledRec', 3, 'OthCurrAsset', 4, 'FixedAsset', 5,
                'OthAsset', 6, 'DeferExpense', 7, 'AcctPay', 11, 'CredCard', 12, 'OthCurrLiab', 13, 'LongTermLiab', 14,
                'DeferRevenue', 15, 'Equity', 21, 'RetainedEarnings', 22)
        END AS place,
        CASE
            WHEN a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
            THEN CASE WHEN p.enddate >= fiscalyear.startdate THEN 'NetIncome' ELSE 'RetainedEarnings' END
            ELSE a.accttype
        END AS line,
        BUILTIN.CONSOLIDATE(
            tal.amount, 'LEDGER', 'DEFAULT', 'DEFAULT', :subsidiary:number,
            CASE WHEN a.generalrate = 'Current' THEN sheet.id ELSE t.postingperiod END, :book:number
        ) AS amount
    FROM transactionaccountingline tal
    JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
    JOIN transaction t ON t.id = tal.transaction
    JOIN account a ON a.id = tal.account
    JOIN subsidiary s ON s.id = tl.subsidiary
    JOIN subsidiary head ON s.id = head.id OR s.fullname LIKE head.fullname || ' : %'
    JOIN accountingperiod p ON p.id = t.postingperiod
    JOIN accountingperiod sheet
        ON p.enddate < sheet.enddate
        OR (p.enddate = sheet.enddate AND (p.isadjust = 'F' OR sheet.isadjust = 'T'))
    JOIN accountingperiod fiscalyear
        ON fiscalyear.isyear = 'T' AND sheet.enddate BETWEEN fiscalyear.startdate AND fiscalyear.enddate
    WHERE head.id = :subsidiary:number
        AND tal.posting = 'T'
        AND tal.accountingbook = :book:number
        AND sheet.isposting = 'T'
        AND sheet.startdate >= :from:date
        AND sheet.enddate <= :to:date
        AND a.accttype NOT IN ('NonPosting', 'Stat')
) x
GROUP BY x.sheet, x.sheetname, x.sheetend, x.sheetadjusts, ROLLUP((x.place, x.line))
ORDER BY x.sheetend, x.sheetadjusts, x.place
