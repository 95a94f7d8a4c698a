// Package admin is the operator's HTTP API under /v1/admin: the configuration
// whole and by its parts, tokens, sessions and chats, with an OpenAPI document
// that is generated from this code and a page to read it.
//
// The configuration has one owner, the engine, and one shape and one set of
// checks, those of package config. A change is made to a copy of the present
// document, checked whole, and taken as a new version, or refused whole.
//
// Every answer to an unsafe request can be asked for again by its
// Idempotency-Key. One unsafe request runs at a time: what If-Match was held
// against is still so when the change is made.
package admin
