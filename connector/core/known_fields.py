"""What is known about NetSuite's fields and SuiteQL's functions before a row has come.

An account number is text even where a filter leaves only `1000`. Names are those of SuiteQL's tables (Oracle's Records
Catalog, channel SuiteScript and REST); a field means the same in every table it stands in.
"""

from __future__ import annotations

from enum import StrEnum


class Type(StrEnum):
    """The type of a column in a frame."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"


_TEXT = """
    accountnumber acctnumber accountsearchdisplayname accountsearchdisplaynamecopy acctname accttype address addressee
    altname attention billaddress city comments companyname country currencyname defaultbillingaddress
    defaultshippingaddress description displayname displaynamewithhierarchy documentnumber email entityid entitynumber
    entitytitle externalid fax firstname fullname isoname itemid itemtype lastname legalname mailname memo middlename
    mobilephone name otherrefnum periodname phone printoncheckas recordtype resalenumber salutation scriptid
    shipaddress sspecacct state status subtype symbol title trandisplayname tranid tranname tranprefix
    transactionnumber type upccode url vatregnumber zip
"""
_DATE = """
    actualshipdate asofdate billingenddate billingstartdate birthdate closedate closedondate createddate datecreated
    dateentered duedate enddate expectedclosedate expectedreceiptdate expectedshipdate firstorderdate firstsaledate
    hiredate lastmodifieddate lastmodified lastorderdate lastpurchasedate lastsaledate lasttrandate linecreateddate
    linelastmodifieddate releasedate requesteddate reversaldate revrecenddate revrecstartdate shipdate startdate trandate
"""
_BOOLEAN = """
    aplocked arlocked alllocked blandedcost cleared closed donotdisplayline eliminate eliminationsubsidiary fulfillable
    includechildren includeinfxrateupdates inventory is1099eligible isadjust isadjustmentonly isallocation
    isbasecurrency isbillable isclosed isconsolidated iscogs iscustomgltransaction isdefault iselimination
    isfinchrg isfullyshipped isfxvariance isinactive isintercompany isinventory isinventoryaffecting isjobresource
    isperson isposting isprimary isquarter isreversal isrevrectransaction issalesrep issubitem issummary isyear
    kitcomponent mainline makeinventoryavailable matchbilltoreceipt nonreimbursable ordpicked overridecurrencyformat
    paymenthold posting printedpickingticket processedbyrevcommit reconcilewithmatching revalue taxline tobeemailed
    tobefaxed tobeprinted unique usebins void voided allownonglchanges
"""
_DECIMAL = """
    amount amountpaid amountremaining amountunbilled amountunpaid averagecost averagerate balance balancesearch cost
    costestimate creditamount credit creditforeignamount creditlimit currentrate debit debitforeignamount
    estgrossprofit estgrossprofitpercent estimatedtotalvalue exchangerate foreignamount foreignamountpaid
    foreignamountremaining foreignamountunpaid foreignnetamount foreigntotal foreignpaymentamountunused
    foreignpaymentamountused historicalrate lastpurchaseprice netamount overduebalance quantity quantityavailable
    quantitybackordered quantitybilled quantitycommitted quantityonhand quantityonorder quantitypicked
    quantityrejected quantityshiprecv rate rateamount taxtotal total totalvalue unbilledorders
"""

FIELDS: dict[str, Type] = {
    **dict.fromkeys(_TEXT.split(), Type.TEXT),
    **dict.fromkeys(_DATE.split(), Type.DATE),
    **dict.fromkeys(_BOOLEAN.split(), Type.BOOLEAN),
    **dict.fromkeys(_DECIMAL.split(), Type.DECIMAL),
}
"""Field name in lower case → type. A type given here still yields to the values: one that does not fit makes text."""

_TEXT_FUNCTIONS = """
    to_char to_nchar upper lower initcap substr trim ltrim rtrim lpad rpad concat replace translate chr soundex
    regexp_replace regexp_substr builtin.df builtin.hierarchy
"""
_INTEGER_FUNCTIONS = """
    count row_number rank dense_rank ntile length instr regexp_count regexp_instr ascii sign ceil floor extract
"""
_DECIMAL_FUNCTIONS = """
    sum avg median stddev stddev_pop stddev_samp variance var_pop var_samp to_number abs mod power sqrt exp ln log
    months_between percent_rank cume_dist ratio_to_report builtin.consolidate builtin.currency_convert
"""
_DATE_FUNCTIONS = "to_date add_months last_day next_day builtin.relative_ranges"

CASTS: dict[str, Type] = {
    **dict.fromkeys(("varchar", "varchar2", "nvarchar2", "char", "nchar", "clob"), Type.TEXT),
    **dict.fromkeys(("number", "decimal", "numeric", "float", "real"), Type.DECIMAL),
    **dict.fromkeys(("int", "integer", "smallint"), Type.INTEGER),
    "date": Type.DATE,
}
"""Type name in CAST → the type of what it gives."""

FUNCTIONS: dict[str, Type] = {
    **dict.fromkeys(_TEXT_FUNCTIONS.split(), Type.TEXT),
    **dict.fromkeys(_INTEGER_FUNCTIONS.split(), Type.INTEGER),
    **dict.fromkeys(_DECIMAL_FUNCTIONS.split(), Type.DECIMAL),
    **dict.fromkeys(_DATE_FUNCTIONS.split(), Type.DATE),
}
"""Function name in lower case → the type of what it answers."""

PASSING = frozenset({
    "max", "min", "nvl", "nvl2", "coalesce", "nullif", "greatest", "least", "decode", "first_value", "last_value",
    "lag", "lead",
})  # fmt: skip
"""Functions that answer one of their arguments, so that text stays text through them."""
