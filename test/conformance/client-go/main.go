// Asks of an API server what programs on client-go ask: typed clients that send protobuf, informers, leader election,
// event recorders, server-side apply and exec. Prints one line a check, as in the Test Anything Protocol:
//
//	ok 1 - an informer sees the Pods of a DaemonSet
//	not ok 2 - ... : reason
//
// The server is the one that KUBECONFIG names. The exit code is 1 when a check failed.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	checkTimeout = 30 * time.Second
	pollEvery    = 50 * time.Millisecond
)

// clients are the ways in which a program reaches the server.
type clients struct {
	config    *rest.Config
	typed     kubernetes.Interface
	dynamic   dynamic.Interface
	metadata  metadata.Interface
	namespace string
}

// check is one thing that has to work.
type check struct {
	shows string
	run   func(context.Context, *clients) error
}

func main() {
	clients, err := connect()
	if err != nil {
		fmt.Printf("Bail out! %v\n", err)
		os.Exit(1)
	}
	var checks []check
	for _, group := range [][]check{writeChecks, informerChecks, electionChecks, eventChecks, containerChecks, deletionChecks} {
		checks = append(checks, group...)
	}
	fmt.Printf("1..%d\n", len(checks))
	failed := false
	for index, check := range checks {
		ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
		err := check.run(ctx, clients)
		cancel()
		if err != nil {
			failed = true
			fmt.Printf("not ok %d - %s: %v\n", index+1, check.shows, err)
			continue
		}
		fmt.Printf("ok %d - %s\n", index+1, check.shows)
	}
	if failed {
		os.Exit(1)
	}
}

func connect() (*clients, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 200, 400
	typedConfig := rest.CopyConfig(config)
	typedConfig.ContentType = "application/vnd.kubernetes.protobuf"
	typedConfig.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	typed, err := kubernetes.NewForConfig(typedConfig)
	if err != nil {
		return nil, err
	}
	unstructured, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	partial, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	namespace := fmt.Sprintf("client-go-%d", os.Getpid())
	return &clients{config: config, typed: typed, dynamic: unstructured, metadata: partial, namespace: namespace}, nil
}

// until polls a condition; the error says what was waited for.
func until(ctx context.Context, what string, holds func(context.Context) (bool, error)) error {
	if err := wait.PollUntilContextCancel(ctx, pollEvery, true, holds); err != nil {
		return fmt.Errorf("waiting until %s: %w", what, err)
	}
	return nil
}

func getOptions() metav1.GetOptions { return metav1.GetOptions{} }
