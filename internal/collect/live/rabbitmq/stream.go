package rabbitmq

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// page is what an answer in pages says about itself.
type page struct {
	paged              bool
	pageCount, total   int64
	filtered, thisPage int64
}

// errNotList says that an answer is JSON and not what was asked for.
var errNotList = errors.New("the answer is no list")

// maxItem bounds one item of a list, and one answer that is no list, in bytes.
const maxItem = 4 << 20

// readList reads a list, or a page with one, item by item, so that a long answer is not
// held whole. Items that are no objects are skipped. What was read before an error stands.
func readList[T any](r io.Reader, each func(*T)) (page, error) {
	limit := &itemReader{r: r, left: maxItem}
	dec := json.NewDecoder(limit)
	switch t, err := dec.Token(); {
	case err != nil:
		return page{}, broken(err)
	case t == json.Delim('['):
		return page{}, readItems(dec, limit, each)
	case t == json.Delim('{'):
		return readPage(dec, limit, each)
	}
	return page{}, errNotList
}

func readPage[T any](dec *json.Decoder, limit *itemReader, each func(*T)) (page, error) {
	p := page{}
	numbers := map[string]*int64{"page_count": &p.pageCount, "total_count": &p.total,
		"filtered_count": &p.filtered, "page": &p.thisPage}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return p, broken(err)
		}
		if key == "items" {
			if t, err := dec.Token(); err != nil || t != json.Delim('[') {
				return p, errors.Join(errNotList, err)
			}
			p.paged = true
			if err := readItems(dec, limit, each); err != nil {
				return p, err
			}
			continue
		}
		var n field[int64]
		if err := dec.Decode(&n); err != nil {
			return p, broken(err)
		}
		if into := numbers[fmt.Sprint(key)]; into != nil {
			*into, _ = n.get()
		}
	}
	if _, err := dec.Token(); err != nil {
		return p, broken(err)
	}
	if !p.paged {
		return p, errNotList
	}
	return p, nil
}

// readItems reads up to and with the closing bracket.
func readItems[T any](dec *json.Decoder, limit *itemReader, each func(*T)) error {
	for dec.More() {
		limit.left = maxItem
		item := new(T)
		err := dec.Decode(item)
		if other := (*json.UnmarshalTypeError)(nil); errors.As(err, &other) {
			continue // read whole, and no object
		}
		if err != nil {
			return broken(err)
		}
		each(item)
	}
	limit.left = maxItem
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	return nil
}

// readObject reads an answer that is one object.
func readObject(r io.Reader, into any) error {
	if err := json.NewDecoder(&itemReader{r: r, left: maxItem}).Decode(into); err != nil {
		return broken(err)
	}
	return nil
}

// errNotJSON says that an answer is no JSON, or ends too early.
var errNotJSON = errors.New("the answer is not JSON")

// broken tells errors of the text from errors of the connection.
func broken(err error) error {
	syntax, other := (*json.SyntaxError)(nil), (*json.UnmarshalTypeError)(nil)
	switch {
	case errors.As(err, &syntax), errors.As(err, &other):
		return errNotJSON
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return err
}

// errItemTooLong says that one item is larger than any real one.
var errItemTooLong = fmt.Errorf("one item of the answer is longer than %d MB", maxItem>>20)

// itemReader bounds how much is read for one item. It keeps an error that came with data
// for the next call: json.Decoder looks past such an error as long as there is data.
type itemReader struct {
	r    io.Reader
	left int
	err  error
}

func (i *itemReader) Read(p []byte) (n int, err error) {
	switch {
	case i.err != nil:
		return 0, i.err
	case i.left <= 0:
		return 0, errItemTooLong
	}
	n, i.err = i.r.Read(p[:min(len(p), i.left)])
	i.left -= n
	if n > 0 {
		return n, nil
	}
	return 0, i.err
}
