package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

// statsAnswer are the message counters of an object. The broker leaves out what never
// happened since the node started; where none of what was asked for did, it sends [].
type statsAnswer struct {
	Publish          field[int64] `json:"publish"`
	Confirm          field[int64] `json:"confirm"`
	Deliver          field[int64] `json:"deliver"`
	DeliverNoAck     field[int64] `json:"deliver_no_ack"`
	Ack              field[int64] `json:"ack"`
	Redeliver        field[int64] `json:"redeliver"`
	Get              field[int64] `json:"get"`
	GetNoAck         field[int64] `json:"get_no_ack"`
	GetEmpty         field[int64] `json:"get_empty"`
	DropUnroutable   field[int64] `json:"drop_unroutable"`
	ReturnUnroutable field[int64] `json:"return_unroutable"`
}

// exchangeStatsAnswer are the counters of an exchange.
type exchangeStatsAnswer struct {
	PublishIn  field[int64] `json:"publish_in"`
	PublishOut field[int64] `json:"publish_out"`
}

// counters reads message counters. there says that the statistics know the object, so
// that an object without any counter had no traffic; otherwise they may not have reached
// it yet (a queue younger than 15 s) and the counters are unknown.
func counters(s *seen, f field[object[statsAnswer]], there bool) rabbitmq.Counters {
	gone := s.noCounter
	switch {
	case f.state == wrong:
		gone = s.isOdd
	case f.state != given && !there:
		gone = s.noKey
	}
	one := func(f field[int64]) model.Known[int64] {
		switch f.state {
		case given:
			return model.Here(s.From, f.v)
		case wrong:
			return as[int64](s.isOdd)
		}
		return as[int64](gone)
	}
	a := f.v.in
	return rabbitmq.Counters{
		Publish: one(a.Publish), Confirm: one(a.Confirm), Deliver: one(a.Deliver), DeliverNoAck: one(a.DeliverNoAck),
		Ack: one(a.Ack), Redeliver: one(a.Redeliver), Get: one(a.Get), GetNoAck: one(a.GetNoAck), GetEmpty: one(a.GetEmpty),
		DropUnroutable: one(a.DropUnroutable), ReturnUnroutable: one(a.ReturnUnroutable),
	}
}

// exchangeCounters reads the counters of an exchange: without traffic it has none.
func exchangeCounters(s *seen, f field[object[exchangeStatsAnswer]]) rabbitmq.Counters {
	one := func(n field[int64]) model.Known[int64] {
		switch {
		case n.state == given:
			return model.Here(s.From, n.v)
		case n.state == wrong || f.state == wrong:
			return as[int64](s.isOdd)
		}
		return as[int64](s.noCounter)
	}
	return rabbitmq.Counters{PublishIn: one(f.v.in.PublishIn), PublishOut: one(f.v.in.PublishOut)}
}
