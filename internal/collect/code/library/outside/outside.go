// Package outside knows which calls of well-known modules reach outside the process: HTTP,
// databases, files, mail, sub-processes. A handler that makes one has work to lose.
package outside

import "strings"

// Reach is what is known of a call.
type Reach uint8

// The answers. Unheard is a call of a module that is in no list.
const (
	Unheard Reach = iota
	Inside        // computes, parses, logs, measures
	Outside
	Stores // Outside, and keeps data: a database, a file, an object store
	Sleeps
	Exits   // ends the process
	Unpacks // loads data that can run code: pickle, yaml.load
)

// Call is what is known of a call by its dotted path, as the imports of its file make it
// canonical: "requests.post", "fs.writeFile".
func Call(path string, python bool) Reach {
	exact, prefixes := jsExact, jsPrefix
	if python {
		exact, prefixes = pyExact, pyPrefix
	}
	if r, ok := exact[path]; ok {
		return r
	}
	for p := path; p != ""; {
		if r, ok := prefixes[p]; ok {
			return r
		}
		i := strings.LastIndexAny(p, "./")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return Unheard
}

// Unpacking functions run what the data says.
var unpacks = []string{"pickle.loads", "pickle.load", "cPickle.loads", "cPickle.load", "_pickle.loads", "dill.loads",
	"dill.load", "cloudpickle.loads", "marshal.loads", "yaml.load", "yaml.unsafe_load", "jsonpickle.decode", "shelve.open"}

var pyExact = table(map[Reach]string{
	Sleeps: "time.sleep asyncio.sleep gevent.sleep eventlet.sleep trio.sleep anyio.sleep",
	Exits:  "sys.exit os._exit os.abort exit quit os.kill",
	Inside: "os.environ.get os.getenv os.getpid os.cpu_count os.urandom os.fspath open.closed yaml.safe_load yaml.dump " +
		"yaml.safe_dump pickle.dumps cPickle.dumps dill.dumps marshal.dumps asyncio.get_event_loop asyncio.get_running_loop asyncio.new_event_loop " +
		"asyncio.Lock asyncio.Event asyncio.Queue asyncio.Semaphore asyncio.wait_for asyncio.gather asyncio.shield asyncio.create_task " +
		"asyncio.ensure_future asyncio.run asyncio.wait asyncio.iscoroutinefunction asyncio.iscoroutine asyncio.current_task asyncio.all_tasks " +
		"httpx.AsyncClient httpx.Client httpx.Timeout aiohttp.ClientSession aiohttp.ClientTimeout requests.Session redis.Redis redis.StrictRedis redis.from_url " +
		"sqlalchemy.create_engine sqlalchemy.orm.sessionmaker sqlalchemy.orm.Session sqlalchemy.select sqlalchemy.text boto3.client boto3.resource boto3.Session boto3.session.Session pymongo.MongoClient " +
		"elasticsearch.Elasticsearch pathlib.Path psycopg2.extras.Json socket.gethostname socket.getfqdn platform.node django.utils.timezone.now",
	Stores:  "open io.open codecs.open os.remove os.rename os.replace os.unlink os.makedirs os.mkdir os.rmdir pathlib.Path.write_text",
	Outside: "os.system os.popen os.execv os.spawnl os.fork asyncio.create_subprocess_exec asyncio.create_subprocess_shell asyncio.open_connection os.listdir os.walk os.stat",
	Unpacks: strings.Join(unpacks, " "),
})

var pyPrefix = table(map[Reach]string{
	Inside: "json simplejson ujson orjson rapidjson msgpack logging loguru structlog time datetime dateutil pytz arrow pendulum re math random " +
		"uuid copy collections functools itertools operator typing types enum dataclasses abc inspect traceback warnings contextlib contextvars string struct base64 binascii " +
		"hashlib hmac secrets zlib gzip bz2 lzma textwrap unicodedata locale decimal fractions statistics heapq bisect array weakref gc " +
		"threading queue signal platform getpass argparse configparser pprint html xml lxml csv io codecs errno sys os.path os pickle marshal yaml toml tomllib " +
		"pydantic marshmallow attr attrs cattrs jsonschema voluptuous google.protobuf avro fastavro protobuf " +
		"prometheus_client statsd datadog opentelemetry sentry_sdk raven newrelic elasticapm ddtrace opentracing aws_xray_sdk " +
		"asyncio concurrent concurrent.futures multiprocessing numpy pandas six future attrdict munch environ decouple dotenv click tenacity backoff retrying " +
		"pika aio_pika aiormq kombu amqp django.utils django.conf flask.current_app flask.jsonify cryptography jwt jose nacl urllib.parse urlparse mimetypes email tqdm humanize slugify builtins ast",
	Outside: "requests httpx aiohttp urllib urllib2 urllib3 http httplib2 pycurl treq grpc smtplib imaplib poplib ftplib telnetlib paramiko fabric subprocess socket ssl " +
		"websockets websocket twilio sendgrid mailchimp slack_sdk slack stripe braintree paypalrestsdk firebase_admin telegram discord " +
		"openai anthropic zeep suds xmlrpc ldap3 ldap docker kubernetes hvac consul etcd3 django.core.mail flask_mail fastapi_mail selenium playwright pyppeteer " +
		"confluent_kafka kafka aiokafka nats paho celery dramatiq rq huey torch tensorflow transformers cv2 PIL ffmpeg pydub easyocr pytesseract whisper",
	Stores: "psycopg2 psycopg asyncpg aiopg pymysql MySQLdb mysql aiomysql sqlite3 aiosqlite cx_Oracle oracledb pyodbc sqlalchemy peewee tortoise databases " +
		"pymongo motor mongoengine beanie redis aioredis rediscluster memcache pymemcache elasticsearch elasticsearch_dsl opensearchpy cassandra influxdb influxdb_client clickhouse_driver " +
		"clickhouse_connect neo4j boto3 botocore aioboto3 aiobotocore s3fs minio google.cloud azure shutil tempfile pathlib aiofiles django.db django.core.cache django.core.files pynamodb snowflake bigquery supabase",
})

var jsExact = table(map[Reach]string{
	Exits:   "process.exit process.abort process.kill",
	Inside:  "Buffer.from Buffer.alloc Buffer.concat Buffer.byteLength require",
	Outside: "fetch globalThis.fetch",
	Sleeps:  "timers/promises.setTimeout timers/promises.setTimeout.default",
	Unpacks: "v8.deserialize node-serialize.unserialize",
})

var jsPrefix = table(map[Reach]string{
	Inside: "JSON Math Object Array Number String Boolean Date Promise Symbol Reflect Map Set WeakMap RegExp Error TypeError console Buffer process.env process.hrtime process.memoryUsage " +
		"process.cwd process.uptime process.nextTick process.on process.once Intl util path url querystring crypto assert events os string_decoder zlib performance perf_hooks async_hooks stream buffer " +
		"parseInt parseFloat isNaN encodeURIComponent decodeURIComponent clearTimeout clearInterval structuredClone " +
		"lodash underscore ramda moment dayjs date-fns luxon uuid nanoid joi zod yup ajv class-validator class-transformer winston pino bunyan log4js debug loglevel signale chalk morgan tracer npmlog consola " +
		"prom-client hot-shots node-statsd statsd-client dd-trace @opentelemetry @sentry newrelic elastic-apm-node opentracing bluebird q async p-limit p-queue p-retry async-retry dotenv config convict env-var " +
		"jsonwebtoken bcrypt bcryptjs validator qs ms bytes msgpack5 @msgpack/msgpack protobufjs avsc amqplib amqp-connection-manager rxjs @nestjs/common @nestjs/core @nestjs/config @nestjs/microservices @golevelup/nestjs-rabbitmq reflect-metadata inversify typescript-ioc http-errors http-status-codes",
	Outside: "axios got node-fetch undici request request-promise request-promise-native superagent needle ky http https http2 net tls dgram dns child_process worker_threads execa shelljs ssh2 " +
		"nodemailer @sendgrid/mail twilio mailgun-js mailgun.js postmark @slack/web-api @slack/webhook stripe firebase-admin web-push onesignal-node apn telegraf discord.js node-telegram-bot-api " +
		"@grpc/grpc-js grpc soap ldapjs puppeteer playwright openai @anthropic-ai/sdk kafkajs bull bullmq agenda ws socket.io-client graphql-request @apollo/client sharp fluent-ffmpeg @nestjs/axios",
	Stores: "pg pg-promise postgres mysql mysql2 mssql oracledb sqlite3 better-sqlite3 knex sequelize sequelize-typescript typeorm @prisma/client mikro-orm @mikro-orm/core objection bookshelf drizzle-orm mongodb mongoose " +
		"redis ioredis memcached @elastic/elasticsearch elasticsearch @opensearch-project/opensearch cassandra-driver neo4j-driver influx @influxdata/influxdb-client aws-sdk @aws-sdk minio @google-cloud @azure fs fs-extra graceful-fs fs/promises level nedb @supabase/supabase-js",
})

func table(lists map[Reach]string) map[string]Reach {
	m := map[string]Reach{}
	for r, list := range lists {
		for _, name := range strings.Fields(list) {
			m[name] = r
		}
	}
	return m
}
