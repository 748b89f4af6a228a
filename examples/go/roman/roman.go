// Package roman reads and writes Roman numerals from 1 to 3999.
package roman

import (
	"fmt"
	"strings"

	"example.org/numerals/digits"
)

// Format writes n as a Roman numeral.
func Format(n int) (string, error) {
	if n < 1 || n > 3999 {
		return "", fmt.Errorf("%d has no Roman numeral: from 1 to 3999 they exist", n)
	}
	var out strings.Builder
	for _, step := range digits.Steps {
		for n >= step.Value {
			out.WriteString(step.Symbol)
			n -= step.Value
		}
	}
	return out.String(), nil
}

// Parse reads a Roman numeral in its one canonical form.
func Parse(text string) (int, error) {
	sum, rest := 0, text
	for _, step := range digits.Steps {
		for strings.HasPrefix(rest, step.Symbol) {
			sum += step.Value
			rest = rest[len(step.Symbol):]
		}
	}
	if rest != "" {
		return 0, fmt.Errorf("%q is no Roman numeral: it has %q too much", text, rest)
	}
	canonical, err := Format(sum)
	if err != nil {
		return 0, err
	}
	if canonical != text {
		return 0, fmt.Errorf("%q is written %s", text, canonical)
	}
	return sum, nil
}
