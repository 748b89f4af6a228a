package digits

import "testing"

func TestValue(t *testing.T) {
	if got := Value("D"); got != 500 {
		t.Errorf(`Value("D") = %d; want 500`, got)
	}
}
