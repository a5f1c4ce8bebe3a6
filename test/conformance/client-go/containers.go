package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/client-go/util/exec"
)

// containerChecks reach into a container of a Pod of the DaemonSet.
var containerChecks = []check{
	{"the log of a container is read as a stream", readLog},
	{"a command in a container takes input over a WebSocket", execOver("websocket")},
	{"a command in a container takes input over SPDY", execOver("spdy")},
	{"a command that fails tells its exit code", execFailing},
}

func anyPod(ctx context.Context, c *clients) (string, error) {
	pods, err := c.typed.CoreV1().Pods(c.namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=web", FieldSelector: "status.phase=Running"})
	if err != nil {
		return "", err
	}
	if len(pods.Items) == 0 {
		return "", errors.New("no Pod runs")
	}
	return pods.Items[0].Name, nil
}

func readLog(ctx context.Context, c *clients) error {
	pod, err := anyPod(ctx, c)
	if err != nil {
		return err
	}
	stream, err := c.typed.CoreV1().Pods(c.namespace).GetLogs(pod, &corev1.PodLogOptions{Container: "c"}).Stream(ctx)
	if err != nil {
		return err
	}
	defer stream.Close()
	text, err := io.ReadAll(stream)
	if err != nil {
		return err
	}
	if len(text) == 0 {
		return errors.New("the log is empty")
	}
	return nil
}

func run(ctx context.Context, c *clients, transport string, command []string, input io.Reader) (string, error) {
	pod, err := anyPod(ctx, c)
	if err != nil {
		return "", err
	}
	options := &corev1.PodExecOptions{Container: "c", Command: command, Stdin: input != nil, Stdout: true, Stderr: true}
	url := c.typed.CoreV1().RESTClient().Post().Resource("pods").Namespace(c.namespace).Name(pod).SubResource("exec").
		VersionedParams(options, scheme.ParameterCodec).URL()
	var executor remotecommand.Executor
	if transport == "spdy" {
		executor, err = remotecommand.NewSPDYExecutor(c.config, "POST", url)
	} else {
		executor, err = remotecommand.NewWebSocketExecutor(c.config, "GET", url.String())
	}
	if err != nil {
		return "", err
	}
	var out, problems bytes.Buffer
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: input, Stdout: &out, Stderr: &problems})
	return out.String(), err
}

func execOver(transport string) func(context.Context, *clients) error {
	return func(ctx context.Context, c *clients) error {
		out, err := run(ctx, c, transport, []string{"cat"}, strings.NewReader("piped\n"))
		if err != nil {
			return err
		}
		if !strings.Contains(out, "piped") {
			return fmt.Errorf("cat gave %q", out)
		}
		return nil
	}
}

func execFailing(ctx context.Context, c *clients) error {
	_, err := run(ctx, c, "websocket", []string{"false"}, nil)
	var exit utilexec.CodeExitError
	if !errors.As(err, &exit) || exit.Code != 1 {
		return fmt.Errorf("false gave %v", err)
	}
	return nil
}
