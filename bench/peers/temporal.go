package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// workflows is Temporal's development server with a file store: a chat is a
// workflow, the offer an activity with a time-out that a worker, the desk,
// answers at once, and the customer waits for the workflow's end. Routing,
// capacity, sockets and words are not in it.
type workflows struct{}

const temporalDesk = "desk"

// offered is one chat.
func offered(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: temporalDesk, StartToCloseTimeout: 20 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
	return workflow.ExecuteActivity(ctx, ring).Get(ctx, nil)
}

// ring is the desk that accepts.
func ring(context.Context) error { return nil }

// Offers implements offerer.
func (workflows) Offers(ctx context.Context, dir string, load Lifecycle) (run, error) {
	program, err := exec.LookPath("temporal")
	if err != nil {
		return nil, missing("temporal", "put the Temporal CLI on the PATH, see README.md")
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	p, err := start(dir, program, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", strconv.Itoa(port),
		"--db-filename", filepath.Join(dir, "store.db"), "--log-level", "error")
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	if err := p.listens(ctx, address); err != nil {
		p.Close()
		return nil, err
	}
	c, err := client.DialContext(ctx, client.Options{HostPort: address, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		p.Close()
		return nil, err
	}
	desk := worker.New(c, temporalDesk, worker.Options{})
	desk.RegisterWorkflow(offered)
	desk.RegisterActivity(ring)
	if err := desk.Start(); err != nil {
		p.Close()
		return nil, err
	}
	life := func(ctx context.Context, _ int) error {
		w, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: temporalDesk}, offered)
		if err != nil {
			return err
		}
		return w.Get(ctx, nil)
	}
	return repeat(load, life, p.Usage, func() { desk.Stop(); c.Close(); p.Close() }), nil
}
