"""Tables: rows by key, columns with statistics, whatever the file that holds them."""
