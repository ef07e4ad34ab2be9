// SPDX-License-Identifier: Apache-2.0

// Reads CDI specs as container runtimes do, and prints as JSON what a container
// would get of the devices that are named.
//
//	cdi-reader DIR DEVICE...
package main

import (
	"encoding/json"
	"fmt"
	"os"

	oci "github.com/opencontainers/runtime-spec/specs-go"
	"tags.cncf.io/container-device-interface/pkg/cdi"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string, devices []string) error {
	cache, err := cdi.NewCache(cdi.WithSpecDirs(folder), cdi.WithAutoRefresh(false))
	if err != nil {
		return err
	}
	for file, problems := range cache.GetErrors() {
		return fmt.Errorf("%s: %v", file, problems)
	}
	spec := &oci.Spec{}
	if _, err := cache.InjectDevices(spec, devices...); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"known": cache.ListDevices(), "spec": spec})
}
