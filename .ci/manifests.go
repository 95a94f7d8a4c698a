// Command manifests holds files for Kubernetes to its own types, strictly: a
// field that is not there, or of another kind, is an error. manifests FILE...
package main

import (
	"fmt"
	"os"
	"strings"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// kinds are those that a file may have.
var kinds = map[string]func() any{
	"v1 Namespace":                       func() any { return new(core.Namespace) },
	"v1 ConfigMap":                       func() any { return new(core.ConfigMap) },
	"v1 ServiceAccount":                  func() any { return new(core.ServiceAccount) },
	"v1 Service":                         func() any { return new(core.Service) },
	"apps/v1 StatefulSet":                func() any { return new(apps.StatefulSet) },
	"networking.k8s.io/v1 NetworkPolicy": func() any { return new(networking.NetworkPolicy) },
}

func main() {
	wrong := 0
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for i, part := range strings.Split(string(text), "\n---\n") {
			if err := hold([]byte(part)); err != nil {
				fmt.Fprintf(os.Stderr, "%s: part %d: %v\n", file, i+1, err)
				wrong++
			}
		}
	}
	if wrong > 0 {
		os.Exit(1)
	}
}

func hold(text []byte) error {
	var head struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(text, &head); err != nil {
		return err
	}
	object := kinds[head.APIVersion+" "+head.Kind]
	if object == nil {
		return fmt.Errorf("a %s of %s is not known here", head.Kind, head.APIVersion)
	}
	return yaml.UnmarshalStrict(text, object())
}
