// Package security is the proof of who may do what. It has no code of its own:
// matrix.yaml is the table, with one row for each command and call, one column
// for each role, and the exact answer in each of four situations. The tests
// play every case of it against a whole server, and render it into
// ../SECURITY.md, so that the document, the table and the server cannot differ.
package security
