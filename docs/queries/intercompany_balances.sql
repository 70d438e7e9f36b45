/* Intercompany balances: what each subsidiary has with each other one, by account, at the end of every period.

   :from, :to   the first and the last day; balances are given for every posting period that lies within them

   Debit positive, in the base currency of the subsidiary that the row belongs to, in the primary book (1).
   change is what the period itself brought, balance is everything up to its end. Two subsidiaries of one
   currency agree when the balances of their rows for each other add up to 0 over the accounts of one kind.
   Between two currencies compare the consolidated amounts, or the documents. An account with the box Eliminate
   Intercompany Transactions has eliminate = true. */
SELECT
    x.sheet AS period,
    x.sheetname AS periodname,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    c.symbol AS currency,
    other.id AS partner,
    other.name AS partnername,
    a.id AS account,
    a.acctnumber,
    a.accountsearchdisplaynamecopy AS acctname,
    a.eliminate,
    SUM(x.change) AS change,
    SUM(x.amount) AS balance
FROM (
    SELECT
        sheet.id AS sheet,
        sheet.periodname AS sheetname,
        sheet.enddate AS sheetend,
        sheet.isadjust AS sheetadjusts,
        entered.subsidiary,
        entered.partner,
        entered.account,
        CASE WHEN p.id = sheet.id THEN entered.amount ELSE 0 END AS change,
        entered.amount
    FROM (
        SELECT
            tl.subsidiary, tl.duetofromsubsidiary AS partner, t.postingperiod, tal.account, SUM(tal.amount) AS amount
        FROM transactionaccountingline tal
        JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline
        JOIN transaction t ON t.id = tal.transaction
        WHERE tal.posting = 'T' AND tal.accountingbook = 1 AND tl.duetofromsubsidiary IS NOT NULL
        GROUP BY tl.subsidiary, tl.duetofromsubsidiary, t.postingperiod, tal.account
    ) entered
    JOIN accountingperiod p ON p.id = entered.postingperiod
    JOIN accountingperiod sheet
        ON p.enddate < sheet.enddate
        OR (p.enddate = sheet.enddate AND (p.isadjust = 'F' OR sheet.isadjust = 'T'))
    WHERE sheet.isposting = 'T' AND sheet.startdate >= :from:date AND sheet.enddate <= :to:date
) x
JOIN subsidiary s ON s.id = x.subsidiary
JOIN currency c ON c.id = s.currency
JOIN subsidiary other ON other.id = x.partner
JOIN account a ON a.id = x.account
GROUP BY
    x.sheet, x.sheetname, x.sheetend, x.sheetadjusts, s.id, s.name, c.symbol, other.id, other.name,
    a.id, a.acctnumber, a.accountsearchdisplaynamecopy, a.eliminate
ORDER BY x.sheetend, x.sheetadjusts, s.id, other.id, a.acctnumber, a.id
