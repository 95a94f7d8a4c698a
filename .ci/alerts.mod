module github.com/parley-engine/parley/alerts

go 1.26.0

require github.com/prometheus/prometheus v0.310.0

require (
	github.com/prometheus/common v0.67.5 // indirect
	sigs.k8s.io/yaml v1.6.0 // indirect
)
