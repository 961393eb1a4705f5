package secret

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestKey(t *testing.T) {
	for _, name := range []string{"RABBITMQ_DEFAULT_PASS", "default_pass", "rabbit.default_pass", "PASSWORD",
		"dbPassword2", "RABBITMQ_ERLANG_COOKIE", "erlangCookie", "API_KEY", "apiKey", "SECRET_KEY_BASE",
		"AWS_SECRET_ACCESS_KEY", "password_hash", "ssl_options.password", "auth_ldap.dn_lookup_bind.password",
		"PGPASSWORD", "RABBITPASS", "--requirepass", "SharedAccessKey", "JWT_TOKEN", "DB_PWD"} {
		if !Key(name) {
			t.Errorf("%s is not taken as a secret", name)
		}
	}
	for _, name := range []string{"", "PASSWORD_FILE", "SECRET_NAME", "TOKEN_TTL", "AWS_ACCESS_KEY_ID",
		"password_hashing_module", "COMPASS", "SESSION_COOKIE_SECURE", "routing_key", "RABBITMQ_DEFAULT_USER",
		"key", "passive", "SSL_KEY_FILE", "x-dead-letter-routing-key", "consumer_timeout"} {
		if Key(name) {
			t.Errorf("%s is taken as a secret", name)
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		`BROKER_URL=amqp://bob:s3cret@rabbit:5672/%2F`:     `BROKER_URL=amqp://***@rabbit:5672/%2F`,
		`url: "amqp://bob:s3/cret@rabbit"`:                 `url: "amqp://***@rabbit"`,
		`amqp://${USER}:${PASS}@rabbit/`:                   `amqp://${USER}:${PASS}@rabbit/`,
		`amqp://bob:${PASS}@rabbit/`:                       `amqp://***@rabbit/`,
		`amqp://${USER:-bob}:${PASS:-s3cret}@rabbit/`:      `amqp://***@rabbit/`,
		`http://rabbit:15672/a@b`:                          `http://rabbit:15672/a@b`,
		`default_pass = s3cret word`:                       `default_pass = ***`,
		`  RABBITMQ_DEFAULT_PASS: ${RABBIT_PASS}`:          `  RABBITMQ_DEFAULT_PASS: ${RABBIT_PASS}`,
		`  RABBITMQ_DEFAULT_PASS: ${RABBIT_PASS:-s3cret}`:  `  RABBITMQ_DEFAULT_PASS: ${RABBIT_PASS:-***}`,
		`  - RABBITMQ_DEFAULT_PASS=s3cret`:                 `  - RABBITMQ_DEFAULT_PASS=***`,
		`{"password_hash":"abc+/=","tags":"x"}`:            `{"password_hash":"***","tags":"x"}`,
		`{"password": "s3\"cret", "name": "bob"}`:          `{"password": "***", "name": "bob"}`,
		`{default_pass, <<"s3cret">>},`:                    `{default_pass, <<"***">>},`,
		`{rabbit, [{default_pass,<<"s3cret">>}]}`:          `{rabbit, [{default_pass,<<"***">>}]}`,
		`ENV DB_PASSWORD s3cret`:                           `ENV DB_PASSWORD ***`,
		`ENV A=b DB_PASSWORD="s3cret"`:                     `ENV A=b DB_PASSWORD="***"`,
		`command: ["redis-server", "--requirepass", "s3"]`: `command: ["redis-server", "--requirepass", "***"]`,
		`command: redis-server --requirepass s3cret`:       `command: redis-server --requirepass ***`,
		`RUN rabbitmqctl add_user bob s3cret`:              `RUN rabbitmqctl add_user bob ***`,
		`curl -u guest:guest http://rabbit/api`:            `curl -u *** http://rabbit/api`,
		`# password: s3cret`:                               `# password: ***`,
		`default_pass = encrypted:abcdef==`:                `default_pass = encrypted:abcdef==`,
		`password = {{ rabbit_password }}`:                 `password = {{ rabbit_password }}`,
		`consumer_timeout = 1800000`:                       `consumer_timeout = 1800000`,
		`CMD ["celery", "-A", "app", "worker"]`:            `CMD ["celery", "-A", "app", "worker"]`,
	} {
		if got := Line(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	got := Words([]string{"celery", "-b", "amqp://a:b@h//", "--password=x", "--requirepass", "y", "DB_PASS=z",
		"--password", "${PW}"})
	want := []string{"celery", "-b", "amqp://***@h//", "--password=***", "--requirepass", "***", "DB_PASS=***",
		"--password", "${PW}"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestExcerpt(t *testing.T) {
	long := `{"x":"` + strings.Repeat("é", 300) + `","name":"bob","password":"s3cret` + strings.Repeat("!", 900) + `"}`
	got := Excerpt(long, strings.Index(long, `"name"`))
	if strings.Contains(got, "s3cret") || !strings.HasPrefix(got, `"name":"bob"`) {
		t.Error(got)
	}
	if got := Excerpt(long, 7); !utf8.ValidString(got) || len(got) > 210 {
		t.Error(got)
	}
	if got := Excerpt("  a: b  ", 2); got != "a: b" {
		t.Errorf("%q", got)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("amqp://a:b@c", 0)
	f.Add(`{"password":"x`, 3)
	f.Add("ENV PASS ", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		Excerpt(s, n)
		const hidden = "Zq7Xw9Kp"
		if strings.ContainsAny(s, "\n\r") {
			return
		}
		if got := Line("DB_PASSWORD=" + hidden + s); strings.Contains(got, hidden) {
			t.Errorf("%q shows the secret: %q", s, got)
		}
	})
}
