// What users report of revisions, undo, deletion and validation.
import { describe, expect, it } from 'vitest';
import { apiPreparation } from '@everynode/kubernetes-api';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, hashNow, images, nodesWith, revisions, undo, type DaemonSetShape } from './daemon-sets.ts';

const running = (nodes: number, shape: DaemonSetShape = {}): Scenario => {
  const scenario = new Scenario({ nodes });
  scenario.apply(aDaemonSet(shape));
  return scenario.untilQuiet();
};

const roll = (scenario: Scenario, ...images_: readonly string[]): Scenario => {
  for (const image of images_) {
    scenario.setImage('d', image);
    scenario.untilQuiet();
  }
  return scenario;
};

type StoredObject = Extract<ReturnType<typeof apiPreparation.prepareCreate>, { outcome: 'prepared' }>['object'];

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).toReversed().map(([key, inner]) => [key, reversed(inner)])) : value;
};

describe('R76 a copy of an old revision', () => {
  it('R76 does not keep Pods from going back: one revision with its data is left, with the highest number', () => {
    const scenario = roll(running(2), 'v2');
    const [first] = revisions(scenario);
    const { name, labels, ownerReferences } = first?.metadata ?? { name: '' };
    const copy = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: `${name}-copy`, labels: { ...labels, 'controller-revision-hash': 'copied' }, ownerReferences },
      data: first?.data,
      revision: first?.revision,
    };
    expect(scenario.create(copy).code).toBe(201);
    scenario.untilQuiet();
    roll(scenario, 'v1');
    expect(nodesWith(scenario, 'v1')).toHaveLength(2);
    const alike = revisions(scenario).filter((revision) => JSON.stringify(revision.data) === JSON.stringify(first?.data));
    expect(alike).toHaveLength(1);
    expect(alike[0]?.revision).toBe(Math.max(...revisions(scenario).map((revision) => revision.revision)));
    expect(scenario.pods('d').map((pod) => pod.metadata.labels?.['controller-revision-hash'])).toEqual([1, 2].map(() => alike[0]?.metadata.labels?.['controller-revision-hash']));
  });
});

describe('R77 a newer controller', () => {
  /** Another order of keys at every level of the template, and for new objects a field that only this build fills in. */
  const asNewBuild = (object: StoredObject, isNew: boolean): StoredObject => {
    const spec = object['spec'] as { readonly template?: { readonly spec: object } } | undefined;
    if (object.kind !== 'DaemonSet' || spec?.template === undefined) return object;
    const template = { ...spec.template, spec: { ...spec.template.spec, ...(isNew ? { setHostnameAsFQDN: false } : {}) } };
    return { ...object, spec: { ...spec, template: reversed(template) } };
  };

  const newer: typeof apiPreparation = {
    ...apiPreparation,
    prepareCreate: (...given) => {
      const prepared = apiPreparation.prepareCreate(...given);
      return prepared.outcome === 'prepared' ? { ...prepared, object: asNewBuild(prepared.object, true) } : prepared;
    },
    preparePatch: (...given) => {
      const prepared = apiPreparation.preparePatch(...given);
      return prepared.outcome === 'prepared' ? { ...prepared, object: asNewBuild(prepared.object, given[1] === undefined) } : prepared;
    },
  };

  it('R77 that fills in new fields and writes keys in another order replaces no Pod and makes no revision', () => {
    const scenario = new Scenario({ nodes: 3, controllers: 2, preparationOf: (controller) => (controller === 0 ? apiPreparation : newer) });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const now = (): object => ({ generation: scenario.daemonSet('d').metadata.generation, hash: hashNow(scenario), uids: scenario.pods('d').map((pod) => pod.metadata.uid), revisions: revisions(scenario).length });
    const before = now();
    scenario.fleet.controllers[0]?.crash();
    scenario.until(() => scenario.leader?.name === 'controller-1');
    scenario.untilQuiet();
    expect(now()).toEqual(before);
    const keys = Object.keys(scenario.daemonSet('d').spec.template);
    scenario.patch('d', { metadata: { labels: { touched: 'yes' } } });
    scenario.untilQuiet();
    expect(Object.keys(scenario.daemonSet('d').spec.template)).toEqual(keys.toReversed());
    expect(now()).toEqual(before);
    // The new build's own field is at work: a DaemonSet that it creates has it.
    scenario.apply(aDaemonSet({ name: 'e' }));
    expect(scenario.daemonSet('e').spec.template.spec['setHostnameAsFQDN']).toBe(false);
  });

  it('R77 the same template in another order of keys is the same template', () => {
    const scenario = running(2);
    const before = scenario.pods('d').map((pod) => pod.metadata.uid);
    const { metadata, spec } = scenario.daemonSet('d');
    const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', namespace: 'default', resourceVersion: metadata.resourceVersion }, spec: reversed(spec) };
    expect(scenario.write({ verb: 'update', group: 'apps', resource: 'daemonsets', namespace: 'default', name: 'd', body }).code).toBe(200);
    scenario.untilQuiet();
    expect(scenario.daemonSet('d').metadata.generation).toBe(metadata.generation);
    expect(scenario.pods('d').map((pod) => pod.metadata.uid)).toEqual(before);
  });
});

describe('R78 apply after undo', () => {
  const withEnvironment = aDaemonSet({ container: { env: [{ name: 'X', value: '1' }] } });
  const without = aDaemonSet({ image: 'v2' });
  const appliedTwice = (): Scenario => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.apply(withEnvironment);
    scenario.untilQuiet();
    scenario.apply(without);
    return scenario.untilQuiet();
  };

  it('R78 undo brings the whole of an old template back, and the next server-side apply makes the template exactly what it says, without a conflict', () => {
    const scenario = appliedTwice();
    const second = scenario.daemonSet('d').spec.template;
    expect(second.spec.containers[0]?.['env']).toBeUndefined();
    undo(scenario, 1);
    scenario.untilQuiet();
    expect(scenario.pod('d', 'n1').spec.containers[0]).toMatchObject({ image: 'v1', env: [{ name: 'X', value: '1' }] });
    expect(scenario.apply(without, { force: false }).code).toBe(200);
    scenario.untilQuiet();
    expect(scenario.daemonSet('d').spec.template).toEqual(second);
    expect(images(scenario)).toEqual({ n1: 'v2' });
    expect(scenario.pod('d', 'n1').spec.containers[0]?.['env']).toBeUndefined();
  });

  it('R78 also when somebody set the field by hand in between, and undo is repeated', () => {
    const scenario = appliedTwice();
    const second = scenario.daemonSet('d').spec.template;
    scenario.patch('d', { spec: { template: { spec: { containers: [{ name: 'main', env: [{ name: 'X', value: '2' }] }] } } } });
    scenario.untilQuiet();
    expect(scenario.pod('d', 'n1').spec.containers[0]).toMatchObject({ image: 'v2', env: [{ name: 'X', value: '2' }] });
    undo(scenario, 1);
    scenario.untilQuiet();
    undo(scenario, 3);
    scenario.untilQuiet();
    expect(scenario.pod('d', 'n1').spec.containers[0]).toMatchObject({ image: 'v2', env: [{ name: 'X', value: '2' }] });
    expect(scenario.apply(without, { force: false }).code).toBe(200);
    scenario.untilQuiet();
    expect(scenario.daemonSet('d').spec.template).toEqual(second);
  });
});

describe('R79 undo', () => {
  it('R79 works to every revision that is listed, which gets a new highest number while the old one disappears', () => {
    const scenario = roll(running(1), 'v2', 'v3');
    expect(revisions(scenario).map(({ revision }) => revision)).toEqual([1, 2, 3]);
    undo(scenario, 2);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2' });
    expect(revisions(scenario).map(({ revision }) => revision)).toEqual([1, 3, 4]);
    undo(scenario, 1);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v1' });
    expect(revisions(scenario).map(({ revision }) => revision)).toEqual([3, 4, 5]);
  });

  it('R79 to the current one changes nothing, and one that is pruned is not there any more', () => {
    const scenario = roll(running(1, { spec: { revisionHistoryLimit: 1 } }), 'v2', 'v3');
    expect(revisions(scenario).map(({ revision }) => revision)).toEqual([2, 3]);
    const { uid } = scenario.pod('d', 'n1').metadata;
    const { generation } = scenario.daemonSet('d').metadata;
    undo(scenario, 3);
    scenario.untilQuiet();
    expect(scenario.daemonSet('d').metadata.generation).toBe(generation);
    expect(scenario.pod('d', 'n1').metadata.uid).toBe(uid);
    expect(() => undo(scenario, 1)).toThrow('unable to find specified revision 1');
  });
});

describe('R81 R82 selectors', () => {
  it('R81 cannot be changed by update, patch or apply, and have to match the labels of the template', () => {
    const scenario = running(1);
    const changed = { selector: { matchLabels: { app: 'other' } } };
    const template = { template: { metadata: { labels: { app: 'other' } }, spec: { containers: [{ name: 'main', image: 'v1' }] } } };
    const { metadata, spec } = scenario.daemonSet('d');
    const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', namespace: 'default', resourceVersion: metadata.resourceVersion }, spec: { ...spec, ...changed, ...template } };
    const answers = [
      scenario.write({ verb: 'update', group: 'apps', resource: 'daemonsets', namespace: 'default', name: 'd', body }),
      scenario.patch('d', { spec: { ...changed, ...template } }),
      scenario.apply(aDaemonSet({ spec: { ...changed, ...template } })),
    ];
    for (const answer of answers) expect([answer.code, JSON.stringify(answer.body)]).toEqual([422, expect.stringContaining('field is immutable')]);
    const unmatched = scenario.apply(aDaemonSet({ name: 'e', spec: changed }));
    expect([unmatched.code, JSON.stringify(unmatched.body)]).toEqual([422, expect.stringContaining('`selector` does not match template `labels`')]);
  });

  it('R82 that are empty are refused', () => {
    const scenario = new Scenario({ nodes: 1 });
    for (const selector of [{}, { matchLabels: {} }]) {
      const answer = scenario.apply(aDaemonSet({ spec: { selector } }));
      expect([answer.code, JSON.stringify(answer.body)]).toEqual([422, expect.stringContaining('empty selector is invalid for daemonset')]);
    }
    expect(scenario.apply(aDaemonSet({ spec: { selector: undefined } })).code).toBe(422);
  });

  it('R82 that are empty in the log make the controller do nothing but say so', () => {
    const lenient: typeof apiPreparation = {
      ...apiPreparation,
      preparePatch: (...given) => {
        const prepared = apiPreparation.preparePatch(...given);
        if (prepared.outcome !== 'prepared' || prepared.object.metadata.name !== 'old') return prepared;
        return { ...prepared, object: { ...prepared.object, spec: { ...(prepared.object['spec'] as object), selector: {} } } };
      },
    };
    const scenario = new Scenario({ nodes: 2, preparationOf: () => lenient });
    scenario.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foreign', labels: { app: 'old' } }, spec: { containers: [{ name: 'main', image: 'x' }] } });
    scenario.apply(aDaemonSet());
    scenario.advance(10_000);
    scenario.apply(aDaemonSet({ name: 'old' }));
    scenario.advance(60_000);
    expect(scenario.pods('old')).toEqual([]);
    expect(images(scenario)).toEqual({ n1: 'v1', n2: 'v1' });
    expect(scenario.log.ofType('pod.deletion-requested.v1')).toEqual([]);
    expect(scenario.events('old')).toMatchObject([{ type: 'Warning', reason: 'SelectingAll' }]);
  });
});
