"""The table of bad inputs, row by row. The end of a test run tells the number of cases of each row."""
