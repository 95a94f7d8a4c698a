module github.com/parley-engine/parley/mutants

go 1.26.0
