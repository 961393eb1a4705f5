package plant_test

// Conditions on answers of the management API, as decoded from JSON.

// field follows keys into objects; a key that is not there gives nil.
func field(answer any, keys []string) any {
	for _, key := range keys {
		object, _ := answer.(map[string]any) // anything else has no such key
		answer = object[key]
	}
	return answer
}

func has(answer any, keys []string) bool {
	if len(keys) == 0 {
		return true
	}
	object, _ := field(answer, keys[:len(keys)-1]).(map[string]any)
	_, ok := object[keys[len(keys)-1]]
	return ok
}

func equals(want any, keys ...string) func(any) bool {
	return func(answer any) bool { return has(answer, keys) && field(answer, keys) == want }
}

func is(want float64, keys ...string) func(any) bool { return equals(want, keys...) }

func atLeast(want float64, keys ...string) func(any) bool {
	return func(answer any) bool {
		number, ok := field(answer, keys).(float64)
		return ok && number >= want
	}
}

func length(want int, keys ...string) func(any) bool {
	return func(answer any) bool {
		list, ok := field(answer, keys).([]any)
		return ok && len(list) == want
	}
}

func not(condition func(any) bool) func(any) bool {
	return func(answer any) bool { return !condition(answer) }
}

func all(conditions ...func(any) bool) func(any) bool {
	return func(answer any) bool {
		for _, condition := range conditions {
			if !condition(answer) {
				return false
			}
		}
		return true
	}
}

// one holds for a list in which some element fulfils the condition.
func one(condition func(any) bool) func(any) bool {
	return func(answer any) bool {
		list, _ := answer.([]any) // anything else has no elements
		for _, element := range list {
			if condition(element) {
				return true
			}
		}
		return false
	}
}
