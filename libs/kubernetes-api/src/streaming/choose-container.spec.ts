import { describe, expect, it } from 'vitest';
import { chooseContainer } from './choose-container.ts';

const pod = (names: string, more: { init?: string; annotation?: string } = {}): unknown => {
  const listOf = (text: string): readonly { name: string }[] =>
    text.split(' ').filter((name) => name !== '').map((name) => ({ name }));
  return {
    metadata: {
      name: 'web-x',
      annotations: more.annotation === undefined ? {} : { 'kubectl.kubernetes.io/default-container': more.annotation },
    },
    spec: { containers: listOf(names), initContainers: listOf(more.init ?? '') },
  };
};
const messageOf = (chosen: ReturnType<typeof chooseContainer>): string | undefined =>
  chosen.ok ? undefined : chosen.status.message;

describe('the container of a request', () => {
  it('is the one that it names, among all kinds of containers', () => {
    expect(chooseContainer(pod('a b', { init: 'i' }), 'b')).toEqual({ ok: true, container: 'b' });
    expect(chooseContainer(pod('a b', { init: 'i' }), 'i')).toEqual({ ok: true, container: 'i' });
  });

  it('is the only one, or the one that the Pod prefers', () => {
    expect(chooseContainer(pod('a'), '')).toEqual({ ok: true, container: 'a' });
    expect(chooseContainer(pod('a b', { annotation: 'b' }), '')).toEqual({ ok: true, container: 'b' });
  });

  it('has to be named when there are several', () => {
    const question = 'a container name must be specified for pod web-x, choose one of: [a b]';
    expect(messageOf(chooseContainer(pod('a b'), ''))).toBe(question);
    expect(messageOf(chooseContainer(pod('a b', { annotation: 'gone' }), ''))).toBe(question);
    expect(messageOf(chooseContainer(pod('a b', { init: 'i j' }), ''))).toBe(`${question} or one of the init containers: [i j]`);
  });

  it('has to be one of the Pod', () => {
    const chosen = chooseContainer(pod('a'), 'nope');
    expect(chosen).toMatchObject({ ok: false, status: { code: 400, reason: 'BadRequest' } });
    expect(messageOf(chosen)).toBe('container nope is not valid for pod web-x');
  });
});
