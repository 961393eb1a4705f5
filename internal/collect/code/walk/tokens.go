package walk

import (
	"path"
	"slices"
	"strings"
)

// Token is text that shows that a file is about queues.
type Token struct {
	Word
	// What names the library or system for people: "bunny".
	What string
	// Langs are the languages in which it counts; none: all.
	Langs []string
	// Read: qaudit reads the library in that language; else a hit is told as not checked.
	Read bool
}

// Languages by extension, of files that can hold code about queues.
var languages = map[string]string{
	".py": "Python", ".js": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript", ".jsx": "JavaScript",
	".ts": "TypeScript", ".mts": "TypeScript", ".cts": "TypeScript", ".tsx": "TypeScript",
	".rb": "Ruby", ".rake": "Ruby", ".go": "Go", ".java": "Java", ".kt": "Kotlin", ".kts": "Kotlin", ".scala": "Scala",
	".cs": "C#", ".php": "PHP", ".rs": "Rust", ".ex": "Elixir", ".exs": "Elixir",
}

// Language is the language of a file by its name, "" when it is none that is known.
func Language(file string) string { return languages[strings.ToLower(path.Ext(file))] }

var (
	python = []string{"Python"}
	node   = []string{"JavaScript", "TypeScript"}
	ruby   = []string{"Ruby"}
	golang = []string{"Go"}
	jvm    = []string{"Java", "Kotlin", "Scala"}
	others = []string{"C#", "PHP", "Rust", "Elixir"}
)

func whole(what string, langs []string, read bool, texts ...string) []Token {
	return tokens(true, what, langs, read, texts)
}

func part(what string, langs []string, read bool, texts ...string) []Token {
	return tokens(false, what, langs, read, texts)
}

func tokens(isWhole bool, what string, langs []string, read bool, texts []string) []Token {
	var out []Token
	for _, t := range texts {
		out = append(out, Token{Word{t, isWhole}, what, langs, read})
	}
	return out
}

// Ignore is the token of a comment that silences a rule.
const Ignore = "qaudit:ignore"

// celerySettings are names under which files hold settings of Celery without naming it.
var celerySettings = []string{"CELERY_", "CELERYD_", "CELERYBEAT_", "BROKER_URL", "broker_url", "result_backend",
	"task_routes", "task_queues", "task_acks_late", "task_time_limit", "task_serializer", "beat_schedule"}

// Tokens are what decides which files are parsed. Those of libraries and languages that
// cannot be read yet are told as not checked.
func Tokens() []Token {
	var out []Token
	for _, group := range [][]Token{
		part("", nil, true, Ignore),
		brokerURLs(), pythonTokens(), nodeTokens(), rubyTokens(), goTokens(), jvmTokens(), otherTokens(),
	} {
		out = append(out, group...)
	}
	return out
}

// brokerURLs make a file matter that names a broker and no library: settings, constants.
func brokerURLs() []Token {
	return append(part("RabbitMQ", slices.Concat(python, node), true, "amqp://", "amqps://"),
		part("RabbitMQ", slices.Concat(ruby, golang, jvm, others), false, "amqp://", "amqps://")...)
}

func pythonTokens() []Token {
	return slices.Concat(
		whole("pika", python, true, "pika"), whole("aio-pika", python, true, "aio_pika"), whole("aiormq", python, true, "aiormq"),
		whole("kombu", python, true, "kombu"), whole("py-amqp", python, true, "import amqp", "from amqp"),
		whole("Celery", python, true, "celery", "Celery", "CELERY"), part("Celery", python, true, "CELERY_"),
		part("FastStream", python, false, "faststream.rabbit"), whole("nameko", python, false, "nameko"),
		whole("Dramatiq", python, false, "dramatiq"), part("Dramatiq", python, false, "RabbitmqBroker"),
		part("taskiq", python, false, "taskiq_aio_pika"), whole("amqpstorm", python, false, "amqpstorm"), whole("rabbitpy", python, false, "rabbitpy"),
		whole("Kafka", python, false, "confluent_kafka", "aiokafka", "from kafka", "import kafka", "faust"),
		part("Amazon SQS", python, false, `client("sqs"`, `client('sqs'`, `resource("sqs"`, `resource('sqs'`),
		part("Redis streams", python, false, ".xreadgroup(", ".xadd("),
		whole("RQ", python, false, "from rq", "import rq"), whole("Huey", python, false, "from huey", "import huey"), whole("arq", python, false, "from arq", "import arq"),
	)
}

func nodeTokens() []Token {
	return slices.Concat(
		part("amqplib", node, true, "amqplib"), part("amqp-connection-manager", node, true, "amqp-connection-manager"),
		part("NestJS RabbitMQ", node, true, "Transport.RMQ", "RmqContext", "nestjs-rabbitmq"),
		whole("rascal", node, false, "rascal"), part("rabbitmq-client", node, false, "rabbitmq-client"),
		part("amqp-ts", node, false, "amqp-ts"), whole("jackrabbit", node, false, "jackrabbit"),
		part("Kafka", node, false, "kafkajs", "node-rdkafka", "Transport.KAFKA"), part("BullMQ", node, false, "bullmq"),
		part("Bull", node, false, `from "bull"`, `from 'bull'`, `require("bull")`, `require('bull')`, "nestjs/bull"),
		part("bee-queue", node, false, "bee-queue"), part("Amazon SQS", node, false, "client-sqs", "sqs-consumer", "new AWS.SQS"),
		part("Redis streams", node, false, "xReadGroup", ".xreadgroup(", ".xAdd(", ".xadd("),
	)
}

func rubyTokens() []Token {
	return slices.Concat(
		whole("bunny", ruby, false, "Bunny"), whole("march_hare", ruby, false, "MarchHare"), whole("sneakers", ruby, false, "Sneakers"),
		whole("hutch", ruby, false, "Hutch"), whole("Sidekiq", ruby, false, "Sidekiq"), whole("Resque", ruby, false, "Resque"),
		part("Kafka", ruby, false, "ruby-kafka", "rdkafka", "Karafka"), part("Amazon SQS", ruby, false, "Aws::SQS", "Shoryuken"),
	)
}

func goTokens() []Token {
	return slices.Concat(
		part("RabbitMQ", golang, false, "amqp091-go", "streadway/amqp", "wagslane/go-rabbitmq", "watermill-amqp", "rabbitpubsub"),
		part("Kafka", golang, false, "IBM/sarama", "Shopify/sarama", "segmentio/kafka-go", "twmb/franz-go", "confluent-kafka-go"),
		part("Asynq", golang, false, "hibiken/asynq"), part("Amazon SQS", golang, false, "service/sqs"),
		part("Redis streams", golang, false, ".XReadGroup(", ".XAdd("),
	)
}

func jvmTokens() []Token {
	return slices.Concat(
		part("RabbitMQ", jvm, false, "com.rabbitmq.client", "springframework.amqp", "RabbitListener", "RabbitTemplate", "AmqpTemplate"),
		part("Spring Cloud Stream", jvm, false, "StreamBridge"),
		part("Kafka", jvm, false, "org.apache.kafka", "springframework.kafka", "KafkaListener"),
		part("Amazon SQS", jvm, false, "services.sqs"),
	)
}

func otherTokens() []Token {
	return slices.Concat(
		part("RabbitMQ", []string{"C#"}, false, "RabbitMQ.Client", "MassTransit"), part("Kafka", []string{"C#"}, false, "Confluent.Kafka"),
		part("RabbitMQ", []string{"PHP"}, false, "PhpAmqpLib"), part("RabbitMQ", []string{"Rust"}, false, "lapin::"),
		part("Kafka", []string{"Rust"}, false, "rdkafka::"), part("RabbitMQ", []string{"Elixir"}, false, "AMQP.Connection", "BroadwayRabbitMQ"),
	)
}

// counts says whether the token counts in a file of the language.
func (t Token) counts(lang string) bool {
	if len(t.Langs) == 0 {
		return true
	}
	return slices.Contains(t.Langs, lang)
}
