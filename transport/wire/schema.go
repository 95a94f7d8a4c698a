package wire

import (
	_ "embed"
	"slices"
)

//go:embed schema/parley.v1.schema.json
var schema []byte

// Schema is the published JSON Schema (draft 2020-12) of all frames. It is
// generated from the structs of this package; $defs/client and $defs/server
// describe one direction each.
func Schema() []byte { return slices.Clone(schema) }
