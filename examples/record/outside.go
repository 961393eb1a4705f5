package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// outside stands in for everybody else's services: payment gateway, mailer,
// invoices, carrier, warehouse, push, alerts. Each takes its time, and some
// of them fail now and then.
type outside struct {
	url    string
	server *http.Server

	mu   sync.Mutex
	seen map[string]int // requests by path's first part
}

// declinedEvery and downEvery say which request in how many fails.
const (
	declinedEvery = 50 // charges that the card's bank declines
	downEvery     = 40 // mails that the mailer refuses with 503
)

// labelSize is the size of a carrier's label in bytes.
const labelSize = 60_000

func startOutside() (*outside, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the outside services: %w", err)
	}
	o := &outside{url: "http://" + listener.Addr().String(), seen: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /gateway/charges", o.after(50*time.Millisecond, charge))
	mux.HandleFunc("POST /gateway/refunds", o.after(50*time.Millisecond, answer("refunded")))
	mux.HandleFunc("POST /mailer/messages", o.after(60*time.Millisecond, mail))
	mux.HandleFunc("POST /invoices/invoices", o.after(100*time.Millisecond, invoice))
	mux.HandleFunc("POST /carrier/labels", o.after(80*time.Millisecond, label))
	mux.HandleFunc("POST /carrier/labels/batch", o.after(200*time.Millisecond, labels))
	mux.HandleFunc("POST /warehouse/stock/{sku}/reservations", o.after(40*time.Millisecond, reserve))
	mux.HandleFunc("POST /push/push", o.after(20*time.Millisecond, answer("sent")))
	mux.HandleFunc("POST /alerts", o.after(0, answer("noted")))
	o.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = o.server.Serve(listener) }() // ends with ErrServerClosed
	return o, nil
}

func (o *outside) stop() { _ = o.server.Close() }

// after counts the request, waits, and answers with its number.
func (o *outside) after(d time.Duration, handle func(http.ResponseWriter, *http.Request, int)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		service := strings.Split(r.URL.Path, "/")[1]
		o.mu.Lock()
		o.seen[service]++
		n := o.seen[service]
		o.mu.Unlock()
		time.Sleep(d)
		handle(w, r, n)
	}
}

func (o *outside) counts() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var parts []string
	for _, service := range slices.Sorted(maps.Keys(o.seen)) {
		parts = append(parts, fmt.Sprintf("%s %d", service, o.seen[service]))
	}
	return strings.Join(parts, ", ")
}

func send(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client went away
}

func answer(status string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		send(w, http.StatusOK, map[string]string{"status": status})
	}
}

func charge(w http.ResponseWriter, _ *http.Request, n int) {
	status := "captured"
	if n%declinedEvery == 0 {
		status = "declined"
	}
	send(w, http.StatusOK, map[string]string{"id": fmt.Sprintf("ch_%06d", n), "status": status})
}

func mail(w http.ResponseWriter, _ *http.Request, n int) {
	if n%downEvery == 0 {
		send(w, http.StatusServiceUnavailable, map[string]string{"status": "busy"})
		return
	}
	send(w, http.StatusAccepted, map[string]string{"status": "accepted"})
}

func invoice(w http.ResponseWriter, _ *http.Request, n int) {
	send(w, http.StatusCreated, map[string]string{"url": fmt.Sprintf("https://invoices.example.com/%06d.pdf", n)})
}

func label(w http.ResponseWriter, _ *http.Request, _ int) {
	w.Header().Set("Content-Type", "application/pdf")
	_, _ = w.Write(make([]byte, labelSize)) // the client went away
}

// labels answers a batch with an address for each label.
func labels(w http.ResponseWriter, r *http.Request, n int) {
	var batch struct {
		Parcels []struct {
			Reference string `json:"reference"`
		} `json:"parcels"`
	}
	if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
		send(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	made := map[string]string{}
	for i, parcel := range batch.Parcels {
		made[parcel.Reference] = fmt.Sprintf("https://labels.example.com/%04d-%03d.pdf", n, i)
	}
	send(w, http.StatusCreated, map[string]any{"labels": made})
}

// reserve knows no article that went out of stock long ago.
func reserve(w http.ResponseWriter, r *http.Request, _ int) {
	if strings.HasPrefix(r.PathValue("sku"), discontinued) {
		send(w, http.StatusNotFound, map[string]string{"error": "no such article"})
		return
	}
	send(w, http.StatusCreated, map[string]string{"status": "reserved"})
}
