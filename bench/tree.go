package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"qaudit/internal/collect/code/walk"
)

// Limits that a run is held to.
const (
	maxGrepRatio   = 3.0  // wall time of ruling a tree out, against grep
	maxParsedShare = 0.10 // of the bytes of a tree that uses queues in few files
)

// tree times ruling out files that have nothing to do with queues, then audits a tree
// with some that have.
func tree(ctx context.Context, files, pairs int) error {
	dir, err := os.MkdirTemp("", "qaudit-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin, err := build(ctx, dir)
	if err != nil {
		return err
	}
	root := filepath.Join(dir, "tree")
	total, err := grow(root, files)
	if err != nil {
		return err
	}
	tokens := filepath.Join(dir, "tokens")
	if err := os.WriteFile(tokens, []byte(tokenLines()), 0o644); err != nil {
		return err
	}
	fmt.Printf("%d files, %.1f MB, %d tokens\n", files, mb(total), strings.Count(tokenLines(), "\n"))
	var ratios []float64
	for i := range pairs {
		g, err := timed(exec.CommandContext(ctx, "grep", "-rlFf", tokens, root), 1)
		if err != nil {
			return err
		}
		a, err := timed(exec.CommandContext(ctx, bin, "audit", root, "-q"), 1)
		if err != nil {
			return err
		}
		ratios = append(ratios, a.wall.Seconds()/g.wall.Seconds())
		fmt.Printf("pair %d: grep %.2f s, audit %.2f s, ratio %.2f\n", i+1, g.wall.Seconds(), a.wall.Seconds(), ratios[i])
	}
	fmt.Printf("median ratio %.2f (at most %.1f)\n", median(ratios), maxGrepRatio)
	if err := plant(root, files/100); err != nil {
		return err
	}
	stats, c, err := audited(ctx, bin, root)
	if err != nil {
		return err
	}
	share := float64(stats.BytesParsed) / float64(stats.Bytes)
	fmt.Printf("with queues in %d files: %d parsed, %.1f %% of the bytes (at most %.0f %%), %.2f s, %.0f MB/s, %d MB resident\n",
		files/100, stats.Parsed, 100*share, 100*maxParsedShare, c.wall.Seconds(), mb(total)/c.wall.Seconds(), c.rss>>20)
	if median(ratios) > maxGrepRatio || share > maxParsedShare {
		return fmt.Errorf("over the limit")
	}
	return nil
}

func mb(n int64) float64 { return float64(n) / (1 << 20) }

func tokenLines() string {
	var b strings.Builder
	for _, t := range walk.Tokens() {
		b.WriteString(t.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// grow writes files of plausible code without a word about queues: the same each time.
func grow(root string, files int) (total int64, err error) {
	rng := rand.New(rand.NewPCG(7, 11))
	for i := range files {
		ext, text := ".py", pythonText(rng)
		if i%2 == 1 {
			ext, text = ".ts", nodeText(rng)
		}
		p := filepath.Join(root, fmt.Sprintf("s%02d", i%40), fmt.Sprintf("p%02d", i/40%25), fmt.Sprintf("f%05d%s", i, ext))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			return 0, err
		}
		total += int64(len(text))
	}
	return total, nil
}

func word(rng *rand.Rand) string {
	b := make([]byte, 3+rng.IntN(9))
	for i := range b {
		b[i] = "etaoinshrdlucmfwygvbjxz_"[rng.IntN(24)]
	}
	return string(b)
}

func pythonText(rng *rand.Rand) string {
	var b strings.Builder
	for range 5 + rng.IntN(20) {
		fmt.Fprintf(&b, "def %s(self, %s, %s=None):\n    \"\"\"%s %s %s.\"\"\"\n", word(rng), word(rng), word(rng), word(rng), word(rng), word(rng))
		for range 2 + rng.IntN(10) {
			fmt.Fprintf(&b, "    %s = self.%s(%s, timeout=%d)\n", word(rng), word(rng), word(rng), rng.IntN(100))
		}
		fmt.Fprintf(&b, "    return %s\n\n", word(rng))
	}
	return b.String()
}

func nodeText(rng *rand.Rand) string {
	var b strings.Builder
	for range 5 + rng.IntN(20) {
		fmt.Fprintf(&b, "export async function %s(%s: string): Promise<void> {\n", word(rng), word(rng))
		for range 2 + rng.IntN(10) {
			fmt.Fprintf(&b, "  const %s = await this.%s(%s, { timeout: %d });\n", word(rng), word(rng), word(rng), rng.IntN(100))
		}
		b.WriteString("}\n\n")
	}
	return b.String()
}

// plant adds files that use queues.
func plant(root string, n int) error {
	for i := range n {
		text := fmt.Sprintf(`import pika

QUEUE = "work.%d"


def handle(channel, method, properties, body):
    channel.basic_ack(delivery_tag=method.delivery_tag)


def main():
    connection = pika.BlockingConnection(pika.URLParameters("amqp://localhost"))
    channel = connection.channel()
    channel.queue_declare(QUEUE, durable=True)
    channel.basic_qos(prefetch_count=10)
    channel.basic_consume(QUEUE, handle)
    channel.start_consuming()
`, i)
		if err := os.WriteFile(filepath.Join(root, fmt.Sprintf("worker%03d.py", i)), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
