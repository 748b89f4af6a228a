package roman

import "testing"

func TestFormat(t *testing.T) {
	for number, want := range map[int]string{1: "I", 4: "IV", 1994: "MCMXCIV", 3999: "MMMCMXCIX"} {
		if got, err := Format(number); err != nil || got != want {
			t.Errorf("Format(%d) = %q, %v; want %q", number, got, err, want)
		}
	}
	if _, err := Format(0); err == nil {
		t.Error("Format(0) gave no error")
	}
}

func TestParse(t *testing.T) {
	for _, number := range []int{1, 9, 44, 2026} {
		numeral, _ := Format(number)
		if got, err := Parse(numeral); err != nil || got != number {
			t.Errorf("Parse(%q) = %d, %v; want %d", numeral, got, err, number)
		}
	}
	if _, err := Parse("MX!"); err == nil {
		t.Error(`Parse("MX!") gave no error`)
	}
}
