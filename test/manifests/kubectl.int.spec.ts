// What kubectl itself makes of the files: it splits documents, opens Lists and refuses versions that no server has.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Kubectl, kubectlBinary } from '@everynode/testkit';
import { startTestFleet, type TestFleet } from '../../apps/apiserver/src/testing/test-fleet.ts';
import { MANIFESTS, pathOf } from './load-manifests.ts';

describe('kubectl 1.35 with the public manifests', () => {
  let fleet: TestFleet;
  let kubectl: Kubectl;

  beforeAll(async () => {
    fleet = await startTestFleet(['node-1', 'node-2', 'node-3']);
    kubectl = await Kubectl.against(fleet.server.url, await kubectlBinary('1.35'));
  });
  afterAll(async () => {
    await kubectl.dispose();
    await fleet.stop();
  });

  it.each(MANIFESTS.filter((name) => name !== 'fluentd'))('applies %s, finds nothing to change a second time, and deletes it', async (name) => {
    const apply = await kubectl.run(['apply', '-f', pathOf(name)]);
    expect(apply).toMatchObject({ code: 0 });
    expect(apply.output).toMatch(/daemonset\.apps\/\S+ created/);
    const versions = async (): Promise<string> => (await kubectl.run(['get', 'ds', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.metadata.generation} {.spec}{"\\n"}{end}'])).output;
    const before = await versions();
    // kubectl may say `configured` where a file has nulls or false values, which no server keeps; nothing changes all the same.
    expect(await kubectl.run(['apply', '-f', pathOf(name)])).toMatchObject({ code: 0 });
    expect(before).toMatch(/^\S+ 1 \{/);
    expect(await versions()).toBe(before);
    const diff = await kubectl.run(['diff', '-f', pathOf(name)]);
    expect(diff).toMatchObject({ code: 0, output: '' });
    expect(await kubectl.run(['delete', '-f', pathOf(name)])).toMatchObject({ code: 0 });
  });

  it('takes the last of two values of one key, as a chart may render them', async () => {
    const manifest = readFileSync(pathOf('aws-node'), 'utf8').replace('      affinity:\n', '      tolerations: [{ key: other, operator: Exists }]\n      affinity:\n');
    expect(await kubectl.run(['apply', '-f', '-'], manifest)).toMatchObject({ code: 0 });
    const { output } = await kubectl.run(['get', 'ds', 'aws-node', '-o', 'jsonpath={.spec.template.spec.tolerations}']);
    expect(JSON.parse(output)).toEqual([{ key: 'other', operator: 'Exists' }]);
    expect(await kubectl.run(['delete', 'ds', 'aws-node'])).toMatchObject({ code: 0 });
  });

  it('says that nobody serves the version of fluentd', async () => {
    const apply = await kubectl.run(['apply', '-f', pathOf('fluentd')]);
    expect(apply.code).toBe(1);
    expect(apply.output).toContain('no matches for kind "DaemonSet" in version "extensions/v1beta1"');
  });
});
