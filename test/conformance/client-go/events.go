package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/record"
)

var eventChecks = []check{
	{"the recorder of core events counts what repeats", recordCore},
	{"the recorder of events.k8s.io makes a series of what repeats", recordSeries},
}

func subject(ctx context.Context, c *clients) (*appsv1.DaemonSet, error) {
	return c.typed.AppsV1().DaemonSets(c.namespace).Get(ctx, daemonName, getOptions())
}

func recordCore(ctx context.Context, c *clients) error {
	about, err := subject(ctx, c)
	if err != nil {
		return err
	}
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: c.typed.CoreV1().Events(c.namespace)})
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "conformance"})
	for range 3 {
		recorder.Event(about, corev1.EventTypeNormal, "CoreRecorded", "said three times")
	}
	return until(ctx, "one core event has the count 3", func(ctx context.Context) (bool, error) {
		list, err := c.typed.CoreV1().Events(c.namespace).List(ctx, metav1.ListOptions{FieldSelector: "reason=CoreRecorded,involvedObject.uid=" + string(about.UID)})
		if err != nil {
			return false, err
		}
		return len(list.Items) == 1 && list.Items[0].Count == 3, nil
	})
}

func recordSeries(ctx context.Context, c *clients) error {
	about, err := subject(ctx, c)
	if err != nil {
		return err
	}
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: c.typed.EventsV1()})
	defer broadcaster.Shutdown()
	stop := make(chan struct{})
	defer close(stop)
	broadcaster.StartRecordingToSink(stop)
	recorder := broadcaster.NewRecorder(scheme.Scheme, "conformance")
	for range 3 {
		recorder.Eventf(about, nil, corev1.EventTypeNormal, "SeriesRecorded", "Checking", "said three times")
	}
	var found *eventsv1.Event
	err = until(ctx, "an event of events.k8s.io has a series", func(ctx context.Context) (bool, error) {
		list, err := c.typed.EventsV1().Events(c.namespace).List(ctx, metav1.ListOptions{FieldSelector: "reason=SeriesRecorded"})
		if err != nil || len(list.Items) != 1 {
			return false, err
		}
		found = &list.Items[0]
		return found.Series != nil && found.Series.Count >= 2, nil
	})
	if err != nil {
		return err
	}
	if found.Regarding.UID != about.UID || found.ReportingController != "conformance" || found.EventTime.IsZero() {
		return fmt.Errorf("the event says %+v", found)
	}
	return nil
}
