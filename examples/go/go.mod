module example.org/numerals

go 1.21
