package outside

import "strings"

// plain are methods of plain values (text, lists, maps, dates) and of loggers, metrics and
// locks: whatever they are called on, they reach nothing.
var plain = set("get items keys values append extend insert pop popitem remove clear update setdefault copy sort sorted reverse index count add discard union " +
	"decode encode split rsplit splitlines strip lstrip rstrip lower upper title replace startswith endswith join format format_map find rfind zfill ljust rjust capitalize isdigit isalpha " +
	"hex fromhex isoformat strftime strptime total_seconds timestamp utcnow now today date time fromisoformat fromtimestamp astimezone weekday " +
	"debug info warning warn error exception critical log trace fatal verbose success msg silly notice bind opt isEnabledFor " +
	"inc dec observe labels set gauge counter timer timing increment decrement incr histogram startTimer record set_tag setTag set_attribute setAttribute add_event capture_exception captureException " +
	"toString toJSON toISOString toFixed toLowerCase toUpperCase trim slice splice concat push unshift shift map filter reduce forEach some every includes indexOf flat flatMap fill entries has delete " +
	"getTime getDate charAt charCodeAt codePointAt substring substr match matchAll test exec padStart padEnd localeCompare search at " +
	"assign freeze fromEntries stringify parse from isArray valueOf hasOwnProperty call apply then catch finally " +
	"dict json model_dump model_dump_json model_validate model_validate_json parse_raw parse_obj validate is_valid from_dict to_dict from_json to_json asdict as_dict serialize deserialize " +
	"create_future set_exception set_result exception result done cancelled cancel add_done_callback start join is_alive daemon acquire release locked is_set wait notify notify_all qsize empty full task_done getpid elapsed perf_counter")

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// builtins of Python and global functions of JavaScript that compute only.
var builtins = set("print len str int float bool bytes bytearray list tuple dict set frozenset range enumerate zip map filter sorted reversed min max sum abs round any all " +
	"isinstance issubclass hasattr getattr setattr delattr callable type id hash repr format iter next ord chr hex oct bin divmod pow vars dir super object property staticmethod " +
	"classmethod slice memoryview complex ValueError TypeError KeyError RuntimeError Exception NotImplementedError AttributeError OSError IOError StopIteration " +
	"Number String Boolean Object Array Date Error RangeError SyntaxError TypeError Map Set Symbol BigInt parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent " +
	"setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask structuredClone partial namedtuple unicode basestring xrange long Decimal")

// Builtin reports whether a bare function of this name computes only.
func Builtin(name string) bool { return builtins[name] || IsError(name) }

// IsError reports whether a class of this name is an error: making one reaches nothing.
func IsError(name string) bool {
	for _, end := range []string{"Error", "Exception", "Warning", "Failure", "Interrupt"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// stores are methods that keep data in a database, cache or file when they are called on
// something that is not plain; reaches are others that go outside.
var (
	stores = set("commit save create bulk_create bulk_save_objects insert insert_one insert_many insertOne insertMany update_one update_many updateOne updateMany replace_one delete_one deleteOne deleteMany " +
		"upsert execute executemany execute_async query save_all saveAll persist flush merge add_all findOneAndUpdate findByIdAndUpdate findOneAndDelete bulkWrite bulkCreate bulkInsert " +
		"hset hmset lpush rpush sadd zadd setex setnx expire put_object putObject upload_file upload_fileobj upload write writelines writeFile appendFile put_item putItem index_document " +
		"get_or_create update_or_create findOrCreate transaction")
	reaches = set("post put patch request fetch send send_message sendMail sendmail sendMessage send_email sendEmail emit notify urlopen download find findOne findAll findMany findById find_one findUnique findFirst " +
		"fetchone fetchall fetchrow aggregate scan filter_by all first one scalar select raw run_query invoke dispatch spawn popen check_call check_output run call_api")
)

// Method is what a method's name tells when nothing is known of what it is called on.
func Method(name string) Reach {
	switch {
	case stores[name]:
		return Stores
	case plain[name]:
		return Inside
	case reaches[name]:
		return Outside
	}
	return Unheard
}

// Loader reports whether a call runs what the data says.
func Loader(path string) bool { return Call(path, true) == Unpacks || Call(path, false) == Unpacks }

// loggers are the usual names of what writes logs and measures.
var loggers = set("log logger logging console LOG LOGGER Logger _logger _log __logger winston pino metrics statsd tracer span stats metric monitoring sentry_sdk Sentry")

// Logger reports whether a receiver of this name writes logs or measures.
func Logger(name string) bool {
	return loggers[name] || strings.HasSuffix(name, "_logger") || strings.HasSuffix(name, "Logger") || strings.HasSuffix(name, "_log")
}
