"""One module or package for each resource of the API: its list query, its JSON, its views and its addresses."""
