package top

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Look is what a node said at one moment.
type Look struct {
	At     time.Time
	State  string // of /readyz: ready, draining, not_ready, recovering
	page   *page
	agents []agentLine
	queues map[string]queueLine
	denied string // why the admin API did not answer, empty if it did
}

// agentLine is what the report says of an agent's day.
type agentLine struct {
	Agent     string   `json:"agent"`
	Accepted  float64  `json:"accepted"`
	RONA      float64  `json:"rona"`
	Rejected  float64  `json:"rejected"`
	Talk      *float64 `json:"talk_average_s"`
	Handling  *float64 `json:"aht_s"`
	Occupancy *float64 `json:"occupancy"`
}

// queueLine is what the report says of a queue's day.
type queueLine struct {
	Queue string   `json:"queue"`
	Level *float64 `json:"service_level"`
	ASA   *float64 `json:"asa_s"`
	AHT   *float64 `json:"aht_s"`
}

// Node asks a node over HTTP. The admin API is asked where there is a token.
type Node struct {
	Address string // http://host:port of the admin listener
	Token   string
	Client  *http.Client
	Now     func() time.Time
}

const most = 16 << 20 // of an answer

// Look asks for all that is shown. Only a node whose metrics cannot be read is
// away: one that refuses the token shows the rest.
func (n *Node) Look(ctx context.Context) (*Look, error) {
	l := &Look{At: n.Now(), queues: map[string]queueLine{}}
	body, _, err := n.get(ctx, "/readyz")
	if err != nil {
		return nil, err
	}
	var ready struct{ State string }
	if json.Unmarshal(body, &ready) != nil {
		return nil, fmt.Errorf("%s/readyz is no page of a node", n.Address)
	}
	l.State = ready.State
	body, status, err := n.get(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("the node is %s: /metrics answers %d", l.State, status)
	}
	if l.page, err = readPage(strings.NewReader(string(body))); err != nil {
		return nil, err
	}
	if n.Token == "" {
		l.denied = "no --token: queues and agents without their day"
		return l, nil
	}
	var queues []queueLine
	if err = n.report(ctx, "queues", &queues); err == nil {
		err = n.report(ctx, "agents", &l.agents)
	}
	if err != nil {
		l.denied = err.Error()
	}
	for _, q := range queues {
		l.queues[q.Queue] = q
	}
	return l, nil
}

// report reads the lines of a report of today.
func (n *Node) report(ctx context.Context, by string, into any) error {
	body, status, err := n.get(ctx, "/v1/admin/reports/"+by+"?step=all")
	if err != nil {
		return err
	}
	var page struct {
		Lines  json.RawMessage `json:"lines"`
		Detail string          `json:"detail"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return fmt.Errorf("report of %s: %w", by, err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("report of %s: %d %s", by, status, page.Detail)
	}
	if err := json.Unmarshal(page.Lines, into); err != nil {
		return fmt.Errorf("report of %s: %w", by, err)
	}
	return nil
}

func (n *Node) get(ctx context.Context, path string) ([]byte, int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(n.Address, "/")+path, nil)
	if err != nil {
		return nil, 0, err
	}
	if n.Token != "" && strings.HasPrefix(path, "/v1/") {
		r.Header.Set("Authorization", "Bearer "+n.Token)
	}
	resp, err := n.Client.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	return body, resp.StatusCode, err
}
