package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"qaudit/internal/report"
	"qaudit/testbed"
	"qaudit/testbed/plant"
)

// settled is how long statistics take to show what was planted: quorum queues 10 s, rates
// 11 s more, and a member that stopped stands in the list of online ones for a while.
const settled = 25 * time.Second

// TestLiveWholeBroker plants the faults that change a whole broker, one after another.
func TestLiveWholeBroker(t *testing.T) {
	for _, g := range generations() {
		t.Run(string(g), func(t *testing.T) {
			b := testbed.ForTest(t, plant.GoodSpec(g, 1))
			for _, f := range plant.Faults() {
				if f.Phase == plant.WholeBroker && f.Why(g, 1) == "" {
					t.Run(f.Name, func(t *testing.T) { plantAndFind(t, b, f, g) })
				}
			}
		})
	}
}

// TestLiveCluster plants the faults of clusters on three nodes: those of a vhost together,
// then those that stop a node, one after another.
func TestLiveCluster(t *testing.T) {
	for _, g := range generations() {
		t.Run(string(g), func(t *testing.T) {
			b := testbed.ForTest(t, plant.GoodSpec(g, 3))
			for _, f := range plant.Faults() {
				if f.Nodes == 3 && f.Why(g, 3) == "" {
					t.Run(f.Name, func(t *testing.T) { plantAndFind(t, b, f, g) })
				}
			}
		})
	}
}

// TestLiveOwnBroker starts a broker for each fault that lies in the configuration.
func TestLiveOwnBroker(t *testing.T) {
	for _, g := range generations() {
		for _, f := range plant.Faults() {
			if f.Phase != plant.OwnBroker || f.Why(g, 1) != "" {
				continue
			}
			t.Run(string(g)+"/"+f.Name, func(t *testing.T) {
				plantAndFind(t, testbed.ForTest(t, f.Spec(g)), f, g)
			})
		}
	}
}

// plantAndFind plants one fault, audits as administrator, and asks that what is expected
// is found and what would be wrong is not.
func plantAndFind(t *testing.T, b *testbed.Broker, f plant.Fault, g testbed.Generation) {
	stop, err := f.Plant(t.Context(), b, f.Name)
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Errorf("%s: take back: %v", f.Name, err)
		}
	}()
	time.Sleep(settled)
	args := []string{withUser(b.Management(0), b.Admin), "--sample", "31s"}
	if len(f.Files) > 0 {
		args = append(args, write(t, f.Files))
	}
	d := auditLive(t, args, b.Admin)
	for _, e := range f.Expectations(g) {
		if !slices.ContainsFunc(d.Findings, func(x report.Finding) bool { return meets(x, e) }) {
			t.Errorf("%s: %s on %q was not found", f.Title, e.Rule, e.Subject)
		}
	}
	for _, n := range f.Never {
		for _, x := range d.Findings {
			if meets(x, n) {
				t.Errorf("%s: %s on %s is wrong", f.Title, x.Rule, x.Subject.Name)
			}
		}
	}
	if f.Gap != "" && len(d.NotChecked) == 0 {
		t.Errorf("%s: the report names nothing that was not checked", f.Title)
	}
}

// meets says that a finding is the one expected. A finding on guest names the broker, whose
// user it is.
func meets(x report.Finding, e plant.Expected) bool {
	return x.Rule == e.Rule && (e.Subject == "" || x.Subject.Name == e.Subject || strings.Contains(x.Message, e.Subject))
}
