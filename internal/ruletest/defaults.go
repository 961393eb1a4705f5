package ruletest

import (
	"fmt"

	"qaudit/internal/model"
)

// object is one JSON object of the management API.
type object = map[string]any

// list is the JSON array of an endpoint.
type list = []object

// lists are the endpoints that answer arrays, with the fields that name an element.
var lists = map[string][]string{
	"nodes": {"name"}, "vhosts": {"name"}, "queues": {"vhost", "name"}, "exchanges": {"vhost", "name"},
	"bindings": {"vhost", "source", "destination", "routing_key"}, "policies": {"vhost", "name"},
	"operator-policies": {"vhost", "name"}, "consumers": {"queue", "consumer_tag"},
	"connections": {"name"}, "channels": {"name"}, "feature-flags": {"name"},
	"deprecated-features": {"name"}, "deprecated-features/used": {"name"}, "vhost-limits": {"vhost"},
	"users": {"name"}, "permissions": {"user", "vhost"},
}

// complete lays an element over what a quiet broker of the version answers. The text
// "absent" takes a field out.
func complete(endpoint string, given object, i int, version model.Version) object {
	out := quiet(endpoint, given, i, version)
	for k, v := range given {
		switch nested, ok := v.(object); {
		case v == "absent":
			delete(out, k)
		case ok && (k == "channel_details" || k == "client_properties"):
			out[k] = over(out[k], nested)
		default:
			out[k] = v
		}
	}
	return out
}

func over(base any, top object) object {
	out := object{}
	if b, ok := base.(object); ok {
		for k, v := range b {
			out[k] = v
		}
	}
	for k, v := range top {
		out[k] = v
	}
	return out
}

// quiet is an element of an endpoint on a broker where nothing happens.
func quiet(endpoint string, given object, i int, v model.Version) object {
	switch endpoint {
	case "nodes":
		return quietNode(given, v)
	case "vhosts":
		return object{"name": "/", "tags": []any{}, "tracing": false, "default_queue_type": "classic",
			"cluster_state": object{"rabbit@a": "running"}, "metadata": object{"description": "", "tags": []any{}}}
	case "queues":
		return quietQueue(given, v)
	case "exchanges":
		return object{"vhost": "/", "type": "direct", "durable": true, "auto_delete": false, "internal": false,
			"arguments": object{}, "policy": nil, "user_who_performed_action": "app"}
	case "bindings":
		return object{"vhost": "/", "source": "", "destination_type": "queue", "routing_key": "", "arguments": object{},
			"properties_key": "~"}
	case "policies", "operator-policies":
		return object{"vhost": "/", "apply-to": "queues", "priority": 0, "definition": object{}}
	case "consumers":
		c := object{"consumer_tag": fmt.Sprintf("ctag%d", i), "ack_required": true, "prefetch_count": 10, "active": true,
			"activity_status": "up", "exclusive": false, "arguments": object{}, "channel_details": object{
				"connection_name": connection(0), "name": connection(0) + " (1)", "node": "rabbit@a", "number": 1,
				"peer_host": "127.0.0.1", "peer_port": 40000, "user": "app"}}
		if !v.Less(model.Version{4, 0}) {
			c["consumer_timeout"] = 1800000
		}
		return c
	case "connections":
		return object{"name": connection(i), "user": "app", "vhost": "/", "state": "running", "channels": 1,
			"channel_max": 2047, "ssl": false, "timeout": 60, "frame_max": 131072, "connected_at": 1795500000000,
			"protocol": "AMQP 0-9-1", "auth_mechanism": "PLAIN", "peer_host": "127.0.0.1", "peer_port": 40000 + i,
			"host": "127.0.0.1", "port": 5672, "node": "rabbit@a", "type": "network", "recv_oct": 700, "send_oct": 900,
			"client_properties": object{"product": "pika", "version": "1.3.2"}}
	case "channels":
		return quietChannel(given, i, v)
	case "feature-flags":
		return object{"state": "enabled", "stability": "stable", "provided_by": "rabbit"}
	case "deprecated-features", "deprecated-features/used":
		return object{"state": "permitted", "deprecation_phase": "permitted_by_default", "provided_by": "rabbit"}
	case "vhost-limits":
		return object{"vhost": "/", "value": object{}}
	case "users":
		return object{"name": "app", "tags": []any{}, "hashing_algorithm": "rabbit_password_hashing_sha256", "limits": object{}}
	case "permissions":
		return object{"user": "app", "vhost": "/", "configure": "", "write": ".*", "read": ".*"}
	}
	return object{}
}

func connection(i int) string { return fmt.Sprintf("127.0.0.1:%d -> 127.0.0.1:5672", 40000+i) }

func quietNode(given object, v model.Version) object {
	n := object{"name": "rabbit@a", "type": "disc", "running": true, "partitions": []any{}, "mem_used": 150_000_000,
		"mem_limit": 4_000_000_000, "mem_alarm": false, "disk_free": 60_000_000_000, "disk_free_limit": 50_000_000,
		"disk_free_alarm": false, "fd_used": 60, "fd_total": 65536, "sockets_used": 2, "sockets_total": 58893,
		"proc_used": 450, "proc_total": 1048576, "uptime": 86_400_000, "run_queue": 1, "processors": 4,
		"rates_mode": "basic", "net_ticktime": 60, "being_drained": false, "config_files": []any{"/etc/rabbitmq/rabbitmq.conf"},
		"enabled_plugins": []any{"rabbitmq_management", "rabbitmq_prometheus"},
		"applications":    []any{object{"name": "rabbit", "description": "RabbitMQ", "version": v.String()}}}
	if !v.Less(model.Version{4, 0}) {
		delete(n, "sockets_used")
		delete(n, "sockets_total")
	}
	if !v.Less(model.Version{4, 3}) {
		n["rabbitmq_version"], n["erlang_version"] = v.String(), erlang(v)
	}
	if given["running"] == false {
		return object{"name": given["name"], "type": "disc", "running": false}
	}
	return n
}

func quietQueue(given object, v model.Version) object {
	q := object{"vhost": "/", "type": "classic", "durable": true, "auto_delete": false, "exclusive": false,
		"arguments": object{}, "state": "running", "node": "rabbit@a", "policy": nil, "operator_policy": nil,
		"effective_policy_definition": object{}, "messages": 0, "messages_ready": 0, "messages_unacknowledged": 0,
		"messages_ready_ram": 0, "messages_persistent": 0, "message_bytes": 0, "message_bytes_persistent": 0,
		"consumer_capacity": 0, "consumer_utilisation": 0, "memory": 20016, "head_message_timestamp": nil,
		"single_active_consumer_tag": nil, "exclusive_consumer_tag": nil}
	switch given["type"] {
	case "quorum":
		for k, x := range (object{"leader": "rabbit@a", "members": []any{"rabbit@a"}, "online": []any{"rabbit@a"},
			"messages_dlx": 0, "message_bytes_dlx": 0, "open_files": object{"rabbit@a": 0}}) {
			q[k] = x
		}
		if !v.Less(model.Version{4, 0}) {
			q["delivery_limit"] = 20
		}
	case "stream":
		for k, x := range (object{"leader": "rabbit@a", "members": []any{"rabbit@a"}, "online": []any{"rabbit@a"}}) {
			q[k] = x
		}
		delete(q, "consumer_capacity")
		delete(q, "consumer_utilisation")
	default:
		q["idle_since"] = "2026-11-24T11:59:00.000+00:00"
	}
	if !v.Less(model.Version{4, 0}) {
		q["storage_version"] = 2
	}
	return q
}

func quietChannel(given object, i int, v model.Version) object {
	c := object{"name": connection(i) + " (1)", "number": 1, "user": "app", "vhost": "/", "node": "rabbit@a",
		"prefetch_count": 0, "confirm": false, "transactional": false, "consumer_count": 0,
		"messages_unacknowledged": 0, "messages_unconfirmed": 0, "messages_uncommitted": 0, "acks_uncommitted": 0,
		"state": "running", "connection_details": object{"name": connection(i), "peer_host": "127.0.0.1", "peer_port": 40000 + i}}
	if v.Less(model.Version{4, 0}) {
		c["global_prefetch_count"] = 0
	}
	return c
}

// erlang is an Erlang version that the RabbitMQ version supports.
func erlang(v model.Version) string {
	switch {
	case v.Less(model.Version{3, 9}):
		return "23.2.6"
	case v.Less(model.Version{3, 11}):
		return "25.2.3"
	case v.Less(model.Version{4, 0}):
		return "26.2.5"
	}
	return "27.3.4"
}

// quietOverview is the overview without its sums.
func quietOverview(v model.Version) object {
	return object{"management_version": v.String(), "product_name": "RabbitMQ", "product_version": v.String(),
		"rabbitmq_version": v.String(), "erlang_version": erlang(v), "cluster_name": "shop", "rates_mode": "basic",
		"disable_stats": false, "enable_queue_totals": false, "statistics_db_event_queue": 0, "node": "rabbit@a",
		"message_stats": object{"disk_reads": 0, "disk_writes": 0},
		"churn_rates": object{"connection_created": 4, "connection_closed": 2, "channel_created": 4, "channel_closed": 2,
			"queue_declared": 3, "queue_created": 3, "queue_deleted": 0},
		"listeners": []any{
			object{"node": "rabbit@a", "protocol": "amqp", "ip_address": "127.0.0.1", "port": 5672, "socket_opts": object{}},
			object{"node": "rabbit@a", "protocol": "clustering", "ip_address": "127.0.0.1", "port": 25672, "socket_opts": []any{}},
			object{"node": "rabbit@a", "protocol": "http", "ip_address": "127.0.0.1", "port": 15672, "socket_opts": object{}}},
		"contexts": []any{}}
}

// defaultExchanges are the exchanges that every vhost has.
func defaultExchanges(vhost string) list {
	var out list
	for name, kind := range map[string]string{"": "direct", "amq.direct": "direct", "amq.fanout": "fanout",
		"amq.headers": "headers", "amq.match": "headers", "amq.topic": "topic", "amq.rabbitmq.trace": "topic"} {
		out = append(out, object{"vhost": vhost, "name": name, "type": kind, "durable": true, "auto_delete": false,
			"internal": name == "amq.rabbitmq.trace", "arguments": object{}, "policy": nil, "user_who_performed_action": "rmq-internal"})
	}
	return out
}
