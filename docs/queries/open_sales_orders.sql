/* Open sales orders: what of each is not billed yet, as of now.

   openamount is in the currency of the order and openbase in the base currency of its subsidiary, at the
   order's rate. Both are before tax. A line counts with what is not billed of its quantity, at its price; an
   order's quantities are negative because goods will leave. Orders that are billed or closed are left out, by
   the letters of their status: G and H. */
SELECT
    t.id AS transaction,
    t.tranid,
    t.trandate,
    s.id AS subsidiary,
    s.name AS subsidiaryname,
    t.entity,
    e.entitytitle AS customer,
    BUILTIN.DF(t.status) AS status,
    t.currency,
    c.symbol AS currencyname,
    NVL(o.amount, 0) AS openamount,
    ROUND(NVL(o.amount, 0) * t.exchangerate, 2) AS openbase
FROM transaction t
JOIN subsidiary s ON s.id = t.subsidiary
JOIN entity e ON e.id = t.entity
JOIN currency c ON c.id = t.currency
LEFT JOIN (
    SELECT tl.transaction, SUM(ROUND(tl.rate * (-tl.quantity - NVL(tl.quantitybilled, 0)), 2)) AS amount
    FROM transactionline tl
    WHERE tl.mainline = 'F' AND tl.taxline = 'F' AND tl.quantity IS NOT NULL
    GROUP BY tl.transaction
) o ON o.transaction = t.id
WHERE t.type = 'SalesOrd' AND t.status NOT IN ('G', 'H')
ORDER BY t.trandate, t.id
