package transport

import "github.com/parley-engine/parley/actors"

// The live engine fits the edge as it is.
var _ Engine = Over((*actors.Engine)(nil))
