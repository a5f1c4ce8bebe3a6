package main

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	appsv1ac "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

const daemonName = "web"

var daemonLabels = map[string]string{"app": daemonName}

// writeChecks make a namespace with a DaemonSet and change it in every way that the typed client has.
var writeChecks = []check{
	{"typed clients create objects in protobuf", createInProtobuf},
	{"a typed get and list answer what was created", readBack},
	{"a stale update is a conflict, and the retry of client-go resolves it", updateWithRetry},
	{"a strategic merge patch changes one container", patchStrategically},
	{"an apply configuration owns its fields, and another manager meets a conflict", applyConfigurations},
	{"a pager reads a list in pieces", readInPieces},
	{"the dynamic client and the metadata client read the same object", readUntyped},
	{"a typed write of a Node's status is kept", writeNodeStatus},
}

func daemonSet(image string) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: daemonName, Labels: daemonLabels},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: daemonLabels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: daemonLabels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name:  "c",
					Image: image,
					Env:   []corev1.EnvVar{{Name: "A", Value: "1"}},
					Ports: []corev1.ContainerPort{{ContainerPort: 80}},
				}}},
			},
		},
	}
}

func createInProtobuf(ctx context.Context, c *clients) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: c.namespace}}
	if _, err := c.typed.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil {
		return err
	}
	configMap := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "bytes"},
		Data:       map[string]string{"text": "a"},
		BinaryData: map[string][]byte{"bytes": {0, 1, 255}},
	}
	if _, err := c.typed.CoreV1().ConfigMaps(c.namespace).Create(ctx, configMap, metav1.CreateOptions{}); err != nil {
		return err
	}
	created, err := c.typed.AppsV1().DaemonSets(c.namespace).Create(ctx, daemonSet("nginx:1"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if created.Spec.UpdateStrategy.Type != appsv1.RollingUpdateDaemonSetStrategyType || created.Generation != 1 {
		return fmt.Errorf("defaults are missing: %+v", created.Spec.UpdateStrategy)
	}
	return nil
}

func readBack(ctx context.Context, c *clients) error {
	configMap, err := c.typed.CoreV1().ConfigMaps(c.namespace).Get(ctx, "bytes", getOptions())
	if err != nil {
		return err
	}
	if bytes := configMap.BinaryData["bytes"]; len(bytes) != 3 || bytes[2] != 255 {
		return fmt.Errorf("bytes came back as %v", bytes)
	}
	list, err := c.typed.AppsV1().DaemonSets(c.namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=web"})
	if err != nil {
		return err
	}
	if len(list.Items) != 1 || list.ResourceVersion == "" {
		return fmt.Errorf("%d DaemonSets at resourceVersion %q", len(list.Items), list.ResourceVersion)
	}
	return nil
}

func updateWithRetry(ctx context.Context, c *clients) error {
	daemonSets := c.typed.AppsV1().DaemonSets(c.namespace)
	var stale *appsv1.DaemonSet
	// The controller may write the status of a young DaemonSet between the two.
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		current, err := daemonSets.Get(ctx, daemonName, getOptions())
		if err != nil {
			return err
		}
		stale = current.DeepCopy()
		current.Annotations = map[string]string{"first": "yes"}
		_, err = daemonSets.Update(ctx, current, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return fmt.Errorf("the first update: %w", err)
	}
	stale.Annotations = map[string]string{"second": "yes"}
	if _, err := daemonSets.Update(ctx, stale, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("a stale update gave %v", err)
	}
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		current, err := daemonSets.Get(ctx, daemonName, getOptions())
		if err != nil {
			return err
		}
		current.Spec.Template.Spec.Containers[0].Image = "nginx:2"
		_, err = daemonSets.Update(ctx, current, metav1.UpdateOptions{})
		return err
	})
}

func patchStrategically(ctx context.Context, c *clients) error {
	patch := []byte(`{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"B","value":"2"}]}]}}}}`)
	patched, err := c.typed.AppsV1().DaemonSets(c.namespace).Patch(ctx, daemonName, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if env := patched.Spec.Template.Spec.Containers[0].Env; len(env) != 2 {
		return fmt.Errorf("variables after the patch: %v", env)
	}
	return nil
}

func applied(image string) *appsv1ac.DaemonSetApplyConfiguration {
	template := corev1ac.PodTemplateSpec().WithLabels(map[string]string{"app": "applied"}).
		WithSpec(corev1ac.PodSpec().WithContainers(corev1ac.Container().WithName("c").WithImage(image)))
	selector := metav1ac.LabelSelector().WithMatchLabels(map[string]string{"app": "applied"})
	return appsv1ac.DaemonSet("applied", "").WithSpec(appsv1ac.DaemonSetSpec().WithSelector(selector).WithTemplate(template))
}

func applyConfigurations(ctx context.Context, c *clients) error {
	daemonSets := c.typed.AppsV1().DaemonSets(c.namespace)
	first := applied("nginx:1").WithNamespace(c.namespace)
	if _, err := daemonSets.Apply(ctx, first, metav1.ApplyOptions{FieldManager: "first"}); err != nil {
		return err
	}
	second := applied("nginx:2").WithNamespace(c.namespace)
	if _, err := daemonSets.Apply(ctx, second, metav1.ApplyOptions{FieldManager: "second"}); !apierrors.IsConflict(err) {
		return fmt.Errorf("an apply over another manager's field gave %v", err)
	}
	forced, err := daemonSets.Apply(ctx, second, metav1.ApplyOptions{FieldManager: "second", Force: true})
	if err != nil {
		return err
	}
	extracted, err := appsv1ac.ExtractDaemonSet(forced, "second")
	if err != nil {
		return err
	}
	if image := extracted.Spec.Template.Spec.Containers[0].Image; image == nil || *image != "nginx:2" {
		return fmt.Errorf("the second manager owns the image %v", image)
	}
	return daemonSets.Delete(ctx, "applied", metav1.DeleteOptions{})
}

func readInPieces(ctx context.Context, c *clients) error {
	pages := 0
	inPieces := pager.New(pager.SimplePageFunc(func(options metav1.ListOptions) (runtimeObject, error) {
		pages++
		return c.typed.CoreV1().Nodes().List(ctx, options)
	}))
	inPieces.PageSize = 1
	seen := 0
	err := inPieces.EachListItem(ctx, metav1.ListOptions{}, func(runtimeObject) error {
		seen++
		return nil
	})
	if err != nil {
		return err
	}
	if seen < 3 || pages < 3 {
		return fmt.Errorf("%d nodes on %d pages", seen, pages)
	}
	return nil
}

func readUntyped(ctx context.Context, c *clients) error {
	resource := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "daemonsets"}
	whole, err := c.dynamic.Resource(resource).Namespace(c.namespace).Get(ctx, daemonName, getOptions())
	if err != nil {
		return err
	}
	partial, err := c.metadata.Resource(resource).Namespace(c.namespace).Get(ctx, daemonName, getOptions())
	if err != nil {
		return err
	}
	if whole.GetUID() == "" || whole.GetUID() != partial.UID {
		return fmt.Errorf("uid %q and %q", whole.GetUID(), partial.UID)
	}
	return nil
}

func writeNodeStatus(ctx context.Context, c *clients) error {
	nodes, err := c.typed.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return err
	}
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		node, err := c.typed.CoreV1().Nodes().Get(ctx, nodes.Items[0].Name, getOptions())
		if err != nil {
			return err
		}
		condition := corev1.NodeCondition{Type: "example.org/Checked", Status: corev1.ConditionTrue, Reason: "Checked", Message: "by client-go"}
		others := slices.DeleteFunc(node.Status.Conditions, func(known corev1.NodeCondition) bool { return known.Type == condition.Type })
		node.Status.Conditions = append(others, condition)
		updated, err := c.typed.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{})
		if err != nil {
			return err
		}
		for _, kept := range updated.Status.Conditions {
			if kept.Type == condition.Type && kept.Message == condition.Message {
				return nil
			}
		}
		return fmt.Errorf("the condition is not among %d", len(updated.Status.Conditions))
	})
}
