// Package config reads the operator's file: YAML, strict, every problem named
// at once with its line, its path and what was expected.
//
// [Load] gives Settings only when nothing is wrong with the file, so that the
// rest of the program never meets a half-checked value.
package config
