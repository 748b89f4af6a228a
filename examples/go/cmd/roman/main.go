// Command roman prints its arguments as Roman numerals.
package main

import (
	"fmt"
	"os"
	"strconv"

	"example.org/numerals/roman"
)

func main() {
	for _, argument := range os.Args[1:] {
		number, err := strconv.Atoi(argument)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		numeral, err := roman.Format(number)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(numeral)
	}
}
