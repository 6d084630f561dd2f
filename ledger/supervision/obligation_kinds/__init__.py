"""The kinds of obligations, O1 to O16, each a declaration in the file of its family."""
