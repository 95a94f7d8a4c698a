// Package top shows a running node on a terminal: what its metrics and its admin
// API say, again and again, with rates and latencies between two looks. The
// picture is a pure function of the looks, so that tests need no terminal.
package top
