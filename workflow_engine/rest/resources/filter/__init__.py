"""/filter: queries with a name that somebody keeps and runs again."""
