package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// traffic are customers, so many orders a second.
type traffic struct{ rate float64 }

// discontinued is how the numbers of articles begin that are no longer sold.
const discontinued = "OLD-"

// What is special about one order in so many.
const (
	payLaterEvery     = 35 // is paid by transfer
	companyEvery      = 20 // wants an invoice
	noMailEvery       = 25 // has no usable mail address
	noAddressEvery    = 30 // has no address
	discontinuedEvery = 45 // has an article that is no longer sold
	refundEvery       = 10 // is sent back at once
)

// order is the n-th order that a customer places.
func order(n int) map[string]any {
	special := func(every int) bool { return n%every == every/2 }
	o := map[string]any{
		"customer": fmt.Sprintf("customer-%d", n%17),
		"email":    fmt.Sprintf("customer-%d@example.com", n%17),
		"address":  fmt.Sprintf("%d Market Street", n),
		"card":     "tok_visa",
		"total":    1000 + n*37%9000,
		"lines":    []map[string]any{{"sku": fmt.Sprintf("SKU-%03d", n%40), "quantity": 1 + n%3}},
	}
	if special(payLaterEvery) {
		o["pay_later"] = true
	}
	if special(companyEvery) {
		o["company"] = "Example Ltd"
	}
	if special(noMailEvery) {
		o["email"] = "none"
	}
	if special(noAddressEvery) {
		o["address"] = ""
	}
	if special(discontinuedEvery) {
		o["lines"] = []map[string]any{{"sku": discontinued + "7", "quantity": 1}}
	}
	return o
}

// start lets orders come in until the returned function is called, which
// tells how many were taken and how many requests were refused.
func (t traffic) start(ctx context.Context, api string) (stop func() (placed, refused int)) {
	ctx, cancel := context.WithCancel(ctx)
	var mu sync.Mutex
	var placed, refused int
	count := func(ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if ok {
			placed++
		} else {
			refused++
		}
	}
	var customers sync.WaitGroup
	customers.Go(func() {
		ticker := time.NewTicker(time.Duration(float64(time.Second) / t.rate))
		defer ticker.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			customers.Go(func() {
				if ok := buy(ctx, api, n); ctx.Err() == nil {
					count(ok)
				}
			})
		}
	})
	return func() (int, int) {
		cancel()
		customers.Wait()
		return placed, refused
	}
}

// buy places the n-th order, and sends some back.
func buy(ctx context.Context, api string, n int) bool {
	var taken struct {
		ID string `json:"id"`
	}
	if !post(ctx, api+"/orders", order(n), &taken) {
		return false
	}
	if n%refundEvery != 0 {
		return true
	}
	return post(ctx, api+"/orders/"+taken.ID+"/refund", nil, nil)
}

// requestTimeout bounds one request of a customer.
const requestTimeout = 10 * time.Second

func post(ctx context.Context, url string, body, into any) bool {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(text))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		return false
	}
	return into == nil || json.Unmarshal(answer, into) == nil
}

// waitForAPI returns when the shop takes orders.
func waitForAPI(ctx context.Context, api string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, api+"/health", nil)
		if err != nil {
			return fmt.Errorf("ask the shop's API: %w", err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		if wait(ctx, 200*time.Millisecond) != nil {
			return fmt.Errorf("the shop's API at %s does not answer", api)
		}
	}
}

// freeAddress gives a loopback address with a port that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}
