package target

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// body is an answer's body: it decompresses, counts, and tells about itself once when
// it has been read or closed.
type body struct {
	t       *Transport
	ctx     context.Context // of the request: its end explains that of the connection
	raw     io.ReadCloser
	reader  io.Reader // decompressed
	zipped  bool
	seen    Exchange
	begun   time.Time
	counted int64
	once    sync.Once
}

// wrap puts a counting body around the answer's.
func (t *Transport) wrap(ctx context.Context, resp *http.Response, seen Exchange, begun time.Time) {
	b := &body{t: t, ctx: ctx, raw: resp.Body, seen: seen, begun: begun}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		b.zipped = true
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength = -1
		resp.Uncompressed = true
	} else {
		b.reader = wire{b}
	}
	resp.Body = b
}

// wire reads the raw body and counts it.
type wire struct{ b *body }

func (w wire) Read(p []byte) (int, error) {
	n, err := w.b.raw.Read(p)
	w.b.counted += int64(n)
	w.b.t.ledger.wire(n)
	return n, err
}

func (b *body) Read(p []byte) (int, error) {
	if b.reader == nil {
		z, err := gzip.NewReader(wire{b})
		if err != nil {
			return 0, b.fail(err)
		}
		b.reader = z
	}
	n, err := b.reader.Read(p)
	if over := b.t.ledger.decoded(n); over != nil {
		return 0, b.fail(over)
	}
	switch {
	case err == io.EOF:
		b.tell(nil)
	case err != nil:
		return n, b.fail(err)
	}
	return n, err
}

func (b *body) fail(err error) error {
	over := (*BudgetError)(nil)
	if ended := b.ctx.Err(); ended != nil && !errors.As(err, &over) {
		err = ended
	}
	if b.zipped && (errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)) {
		err = errors.New("the answer says that it is gzip and is not")
	}
	b.tell(err)
	return err
}

func (b *body) tell(err error) {
	b.once.Do(func() {
		b.seen.Bytes, b.seen.Took = b.counted, b.t.opts.Now().Sub(b.begun)
		if err != nil {
			b.seen.Err = errors.New(Explain(err).Words)
		}
		b.t.trace(b.seen)
	})
}

// Close ends the answer. What was not read stays unread.
func (b *body) Close() error {
	err := b.raw.Close()
	b.tell(nil)
	return err
}
