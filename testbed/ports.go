package testbed

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// Ports are taken from below the range that the kernel hands to outgoing
// connections (32768 and up on Linux), so that nothing takes one between the
// look and the listen.
const portLow, portHigh = 20_000, 30_000

// ports are reserved TCP ports of 127.0.0.1.
type ports struct {
	numbers []int
	claims  []net.Listener
}

// reservePorts finds n free ports. An abstract socket named after each keeps
// other testbeds, in this process and in others, away from it; the kernel
// forgets it when the process ends.
func reservePorts(n int) (*ports, error) {
	p := &ports{}
	for _, offset := range rand.Perm(portHigh - portLow) {
		if len(p.numbers) == n {
			return p, nil
		}
		number := portLow + offset
		claim, err := net.Listen("unix", fmt.Sprintf("@qaudit-testbed-port-%d", number))
		if err != nil {
			continue
		}
		probe, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", number))
		if err == nil {
			err = probe.Close()
		}
		if err != nil {
			_ = claim.Close()
			continue
		}
		p.numbers, p.claims = append(p.numbers, number), append(p.claims, claim)
	}
	return nil, errors.Join(fmt.Errorf("find %d free ports of 127.0.0.1 from %d to %d", n, portLow, portHigh), p.release())
}

func (p *ports) release() error {
	var errs []error
	for _, claim := range p.claims {
		errs = append(errs, claim.Close())
	}
	return errors.Join(errs...)
}
