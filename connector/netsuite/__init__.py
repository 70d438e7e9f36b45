"""All that speaks to NetSuite: hosts, the two ways to authenticate, SuiteQL, and what its faults mean."""
