// Command testlog reads the output of go test -json and tells a person what matters:
// what failed with its output, what was skipped and why, and how many passed. It exits 1
// when something failed, or when -need names tests of which none passed.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
}

type key struct{ pkg, test string }

func main() {
	need := flag.String("need", "", "regular expression: at least one test that matches must pass")
	flag.Parse()
	needed, err := regexp.Compile(*need)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testlog: -need:", err)
		os.Exit(2)
	}
	output := map[key][]string{}
	reasons := map[string]int{}
	var passed, failed, skipped, met int
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // the go tool itself speaks: a build error
			continue
		}
		k := key{e.Package, e.Test}
		switch e.Action {
		case "output", "build-output":
			output[k] = append(output[k], e.Output)
			continue
		case "pass":
			if e.Test != "" {
				passed++
				if *need != "" && needed.MatchString(e.Package+" "+e.Test) {
					met++
				}
			} else {
				fmt.Println("ok  ", e.Package)
			}
		case "fail", "build-fail":
			failed++
			fmt.Printf("FAIL %s %s\n%s", e.Package, e.Test, strings.Join(output[k], ""))
		case "skip":
			if e.Test != "" {
				skipped++
				reasons[reason(output[k])]++
			}
		}
		delete(output, k)
	}
	list := make([]string, 0, len(reasons))
	for r := range reasons {
		list = append(list, r)
	}
	sort.Strings(list)
	for _, r := range list {
		fmt.Printf("skipped %d: %s\n", reasons[r], r)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	switch {
	case in.Err() != nil:
		fmt.Fprintln(os.Stderr, "testlog:", in.Err())
		os.Exit(1)
	case *need != "" && met == 0:
		fmt.Println("no test that matches", *need, "passed")
		os.Exit(1)
	case failed > 0 || passed == 0:
		os.Exit(1)
	}
}

var place = regexp.MustCompile(`^\s+\S+\.go:\d+: `)

// reason is the text that t.Skip was given.
func reason(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if place.MatchString(lines[i]) {
			return strings.TrimSpace(place.ReplaceAllString(lines[i], ""))
		}
	}
	return "no reason given"
}
