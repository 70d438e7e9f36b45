/* What customers owe at the end of any day, by customer and by how long it is overdue. For an account without
   OneWorld, where nothing has a subsidiary.

   :as_of       the day

   Amounts are in the base currency, at the rate of each document. What is due on the day itself is not late. A
   payment counts from the later of its own day and the document's, so that the past can be asked for; the
   amounts unpaid that a transaction itself carries are those of today. Credits that wait to be applied count
   against, at their own day. A customer with documents in several currencies has one row. The rows add up to
   the balance of the receivable accounts, but for what is entered there without a document of this kind, such
   as a journal. */
SELECT
    e.id AS entity,
    e.entitytitle AS customer,
    SUM(CASE WHEN x.dayslate <= 0 THEN x.amount ELSE 0 END) AS notdue,
    SUM(CASE WHEN x.dayslate BETWEEN 1 AND 30 THEN x.amount ELSE 0 END) AS days1to30,
    SUM(CASE WHEN x.dayslate BETWEEN 31 AND 60 THEN x.amount ELSE 0 END) AS days31to60,
    SUM(CASE WHEN x.dayslate BETWEEN 61 AND 90 THEN x.amount ELSE 0 END) AS days61to90,
    SUM(CASE WHEN x.dayslate > 90 THEN x.amount ELSE 0 END) AS daysover90,
    SUM(x.amount) AS total
FROM (
    SELECT
            t.entity,
        :as_of:date - CASE WHEN t.type = 'CustCred' THEN t.trandate ELSE NVL(t.duedate, t.trandate) END AS dayslate,
        CASE WHEN t.type = 'CustCred' THEN -1 ELSE 1 END
            * ROUND((ABS(t.foreigntotal) - NVL(settled.amount, 0)) * t.exchangerate, 2) AS amount
    FROM transaction t
    LEFT JOIN (
        SELECT sides.document, SUM(sides.amount) AS amount
        FROM (
            SELECT previousdoc AS document, foreignamount AS amount
            FROM nexttransactionlinelink
            WHERE linktype = 'Payment' AND GREATEST(previousdate, nextdate) <= :as_of:date
            UNION ALL
            SELECT nextdoc AS document, foreignamount AS amount
            FROM nexttransactionlinelink
            WHERE linktype = 'Payment' AND GREATEST(previousdate, nextdate) <= :as_of:date
        ) sides
        GROUP BY sides.document
    ) settled ON settled.document = t.id
    WHERE t.type IN ('CustInvc', 'CustChrg', 'FinChrg', 'CustCred') AND t.posting = 'T' AND t.trandate <= :as_of:date
) x
JOIN entity e ON e.id = x.entity
WHERE x.amount <> 0
GROUP BY e.id, e.entitytitle
ORDER BY e.entitytitle, e.id
