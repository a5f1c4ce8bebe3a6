package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

var electionChecks = []check{
	{"one of two candidates leads, and the other takes over when it steps down", elect},
}

// candidate stands for election until its context ends; whoever leads says so on the channel.
func candidate(ctx context.Context, c *clients, identity string, leads chan<- string) error {
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: c.namespace},
		Client:     c.typed.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
	}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		ReleaseOnCancel: true,
		LeaseDuration:   3 * time.Second,
		RenewDeadline:   2 * time.Second,
		RetryPeriod:     200 * time.Millisecond,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { leads <- identity },
			OnStoppedLeading: func() {},
		},
	})
	if err != nil {
		return err
	}
	go elector.Run(ctx)
	return nil
}

func elect(ctx context.Context, c *clients) error {
	leads := make(chan string, 2)
	firstTerm, stepDown := context.WithCancel(ctx)
	defer stepDown()
	if err := candidate(firstTerm, c, "first", leads); err != nil {
		return err
	}
	if leader, err := next(ctx, leads); err != nil || leader != "first" {
		return fmt.Errorf("leader %q: %v", leader, err)
	}
	if err := candidate(ctx, c, "second", leads); err != nil {
		return err
	}
	select {
	case leader := <-leads:
		return fmt.Errorf("%s leads beside the first", leader)
	case <-time.After(time.Second):
	}
	stepDown()
	if leader, err := next(ctx, leads); err != nil || leader != "second" {
		return fmt.Errorf("next leader %q: %v", leader, err)
	}
	lease, err := c.typed.CoordinationV1().Leases(c.namespace).Get(ctx, "leader", getOptions())
	if err != nil {
		return err
	}
	if lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity != "second" || *lease.Spec.LeaseTransitions < 1 {
		return fmt.Errorf("the Lease says %+v", lease.Spec)
	}
	return nil
}

func next(ctx context.Context, leads <-chan string) (string, error) {
	select {
	case leader := <-leads:
		return leader, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
