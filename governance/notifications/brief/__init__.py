"""The morning's brief: five lines at most about what a person has to know, on a page and by mail at seven."""
