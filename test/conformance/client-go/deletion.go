package main

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

var deletionChecks = []check{
	{"a watch sees the DaemonSet go after its Pods", watchDeletion},
	{"a namespace goes with all that is in it", deleteNamespace},
}

func watchDeletion(ctx context.Context, c *clients) error {
	daemonSets := c.typed.AppsV1().DaemonSets(c.namespace)
	listed, err := daemonSets.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	watcher, err := daemonSets.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + daemonName, ResourceVersion: listed.ResourceVersion})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	foreground := metav1.DeletePropagationForeground
	if err := daemonSets.Delete(ctx, daemonName, metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
		return err
	}
	for event := range watcher.ResultChan() {
		if event.Type != watch.Deleted {
			continue
		}
		pods, err := c.typed.CoreV1().Pods(c.namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
		if err == nil && len(pods.Items) > 0 {
			err = errors.New("Pods are left")
		}
		return err
	}
	return errors.New("the watch ended before")
}

func deleteNamespace(ctx context.Context, c *clients) error {
	if err := c.typed.CoreV1().Namespaces().Delete(ctx, c.namespace, metav1.DeleteOptions{}); err != nil {
		return err
	}
	return until(ctx, "the namespace is gone", func(ctx context.Context) (bool, error) {
		_, err := c.typed.CoreV1().Namespaces().Get(ctx, c.namespace, getOptions())
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
}
