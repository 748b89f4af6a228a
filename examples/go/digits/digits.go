// Package digits holds the symbols that Roman numerals are made of.
package digits

// Step is a symbol and what it stands for.
type Step struct {
	Symbol string
	Value  int
}

// Steps are all symbols, the largest first.
var Steps = []Step{
	{"M", 1000}, {"CM", 900}, {"D", 500}, {"CD", 400},
	{"C", 100}, {"XC", 90}, {"L", 50}, {"XL", 40},
	{"X", 10}, {"IX", 9}, {"V", 5}, {"IV", 4}, {"I", 1},
}

// Value gives what a single symbol stands for, and 0 for anything else.
func Value(symbol string) int {
	for _, step := range Steps {
		if step.Symbol == symbol {
			return step.Value
		}
	}
	return 0
}
