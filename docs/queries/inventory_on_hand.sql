/* Inventory on hand: pieces and their value by item and location, as of now.

   value is in the base currency of the location's subsidiary, and what the stock accounts hold of the item.
   Items that are sold out stay in the list with 0. committed is promised to sales orders; onorder is what
   purchase orders will bring. Runs with and without OneWorld. */
SELECT
    h.item,
    i.itemid,
    i.displayname,
    h.location,
    l.fullname AS locationname,
    h.quantityonhand AS quantity,
    h.quantitycommitted AS committed,
    h.quantityavailable AS available,
    h.quantityonorder AS onorder,
    h.averagecostmli AS averagecost,
    h.onhandvaluemli AS value
FROM aggregateitemlocation h
JOIN item i ON i.id = h.item
JOIN location l ON l.id = h.location
ORDER BY i.itemid, h.item, l.fullname, h.location
