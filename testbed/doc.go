// Package testbed starts real RabbitMQ brokers on loopback, of several
// generations at once if need be. The brokers come from Debian, are kept in a
// cache, run in namespaces of their own and leave nothing behind, even when
// the process that started them is killed. It is for tests and demonstrations;
// nothing of the audit itself imports it.
package testbed
