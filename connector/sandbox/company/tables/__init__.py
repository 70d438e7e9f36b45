"""The company as SuiteQL sees it: NetSuite's record types with NetSuite's column names.

Column names follow what accounts hand out (the seed files of Fivetran's dbt_netsuite list them); of each record type
only the columns people query are here.
"""
