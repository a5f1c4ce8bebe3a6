package main

import (
	"context"
	"fmt"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

type runtimeObject = runtime.Object

// informerChecks keep a cache of what a controller watches.
var informerChecks = []check{
	{"informers of Pods, DaemonSets and Nodes follow a rollout to its end", followRollout},
}

// seen counts what an informer was told.
type seen struct{ added, updated, deleted atomic.Int64 }

func (s *seen) handlers() cache.ResourceEventHandlerFuncs {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { s.added.Add(1) },
		UpdateFunc: func(any, any) { s.updated.Add(1) },
		DeleteFunc: func(any) { s.deleted.Add(1) },
	}
}

func followRollout(ctx context.Context, c *clients) error {
	factory := informers.NewSharedInformerFactoryWithOptions(c.typed, 0, informers.WithNamespace(c.namespace))
	pods, daemonSets, nodes := factory.Core().V1().Pods(), factory.Apps().V1().DaemonSets(), factory.Core().V1().Nodes()
	var ofPods seen
	if _, err := pods.Informer().AddEventHandler(ofPods.handlers()); err != nil {
		return err
	}
	daemonSets.Informer()
	nodes.Informer()
	stop := make(chan struct{})
	defer close(stop)
	factory.Start(stop)
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("the cache of %v was not filled", kind)
		}
	}
	rolledOut := func(image string) func(context.Context) (bool, error) {
		return func(context.Context) (bool, error) {
			daemonSet, err := daemonSets.Lister().DaemonSets(c.namespace).Get(daemonName)
			if err != nil {
				return false, nil
			}
			status := daemonSet.Status
			isCounted := status.ObservedGeneration == daemonSet.Generation && status.DesiredNumberScheduled > 0
			if !isCounted || status.NumberReady != status.DesiredNumberScheduled || status.UpdatedNumberScheduled != status.DesiredNumberScheduled {
				return false, nil
			}
			listed, err := pods.Lister().Pods(c.namespace).List(labels.SelectorFromSet(daemonLabels))
			return int32(len(listed)) == status.DesiredNumberScheduled && allRun(listed, image), err
		}
	}
	if err := until(ctx, "the first rollout is over", rolledOut("nginx:2")); err != nil {
		return err
	}
	patch := []byte(`{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:3"}]}}}}`)
	if _, err := c.typed.AppsV1().DaemonSets(c.namespace).Patch(ctx, daemonName, types.StrategicMergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := until(ctx, "the second rollout is over", rolledOut("nginx:3")); err != nil {
		return err
	}
	if ofPods.added.Load() == 0 || ofPods.updated.Load() == 0 || ofPods.deleted.Load() == 0 {
		return fmt.Errorf("of Pods %d were added, %d updated, %d deleted", ofPods.added.Load(), ofPods.updated.Load(), ofPods.deleted.Load())
	}
	known, err := nodes.Lister().List(labels.Everything())
	if err != nil || len(known) < 3 {
		return fmt.Errorf("%d nodes in the cache: %v", len(known), err)
	}
	return nil
}

func allRun(pods []*corev1.Pod, image string) bool {
	for _, pod := range pods {
		if pod.Spec.Containers[0].Image != image || pod.Status.Phase != corev1.PodRunning {
			return false
		}
	}
	return true
}
