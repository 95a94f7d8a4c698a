package main

import (
	"github.com/alecthomas/kong"

	"github.com/parley-engine/parley/cmd/parley/manual"
)

type manCommand struct{}

// Run prints the manual's page, for man -l - or a file parley.1.
func (manCommand) Run(m Main, k *kong.Context) error {
	return manual.Man(m.Out, k.Model, version(), []string{
		exitOK:      "What was asked for is done.",
		exitFailure: "It failed, and the reason is on standard error.",
		exitUsage:   "A flag, a file, an address or a data folder is not right. Nothing was touched.",
		exitJournal: "The disk failed, or what is on it is damaged.",
	})
}

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the completion, for the shell to read at its start.
func (c *completionCommand) Run(m Main, k *kong.Context) error {
	return manual.Completion(m.Out, k.Model, c.Shell)
}
