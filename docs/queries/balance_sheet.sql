/* Balance sheet of each subsidiary at the end of every period from one day to another.

   :from, :to   the first and the last day; a sheet is made for every posting period that lies within them
   :book        the accounting book, 1 is the primary one

   Assets are positive where they are debits, liabilities and equity where they are credits, in the base
   currency of the subsidiary: assets = liabilities + equity. No row of the books holds the result of a year, so
   it is computed: a row NetIncome for the fiscal year so far, and in RetainedEarnings the years before, beside
   what was entered there. A sheet has every entry of the periods that end by the same day. The adjustment
   period, which ends with the last month of the year, is in its own sheet and in all later ones, not in that of
   the month. */
SELECT
    x.sheet AS period,
    x.sheetname AS periodname,
    x.sheetend AS enddate,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    c.symbol AS currency,
    CASE WHEN x.place < 10 THEN 'Assets' WHEN x.place < 20 THEN 'Liabilities' WHEN x.place < 30 THEN 'Equity' END AS section,
    x.line AS accttype,
    x.acctnumber,
    x.acctname,
    SUM(CASE WHEN x.place < 10 THEN x.amount ELSE -x.amount END) AS amount
FROM (
    SELECT
        sheet.id AS sheet,
        sheet.periodname AS sheetname,
        sheet.enddate AS sheetend,
        sheet.isadjust AS sheetadjusts,
        entered.subsidiary,
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
        CASE
            WHEN a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
            THEN NULL
            ELSE a.acctnumber
        END AS acctnumber,
        CASE
            WHEN a.accttype IN ('Income', 'COGS', 'Expense', 'OthIncome', 'OthExpense')
            THEN CASE WHEN p.enddate >= fiscalyear.startdate THEN 'Net income of the year' ELSE 'Earlier years' END
            ELSE a.accountsearchdisplaynamecopy
        END AS acctname,
        entered.amount
    FROM (
        SELECT tl.subsidiary, t.postingperiod, tal.account, SUM(tal.amount) AS amount
        FROM transactionaccountingline tal
        JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
        JOIN transaction t ON t.id = tal.transaction
        WHERE tal.posting = 'T' AND tal.accountingbook = :book:number
        GROUP BY tl.subsidiary, t.postingperiod, tal.account
    ) entered
    JOIN account a ON a.id = entered.account
    JOIN accountingperiod p ON p.id = entered.postingperiod
    JOIN accountingperiod sheet
        ON p.enddate < sheet.enddate
        OR (p.enddate = sheet.enddate AND (p.isadjust = 'F' OR sheet.isadjust = 'T'))
    JOIN accountingperiod fiscalyear
        ON fiscalyear.isyear = 'T' AND sheet.enddate BETWEEN fiscalyear.startdate AND fiscalyear.enddate
    WHERE sheet.isposting = 'T'
        AND sheet.startdate >= :from:date
        AND sheet.enddate <= :to:date
        AND a.accttype NOT IN ('NonPosting', 'Stat')
) x
JOIN subsidiary s ON s.id = x.subsidiary
JOIN currency c ON c.id = s.currency
GROUP BY
    x.sheet, x.sheetname, x.sheetend, x.sheetadjusts, s.id, s.name, c.symbol, x.place, x.line, x.acctnumber, x.acctname
ORDER BY s.id, x.sheetend, x.sheetadjusts, x.place, x.acctnumber, x.acctname
