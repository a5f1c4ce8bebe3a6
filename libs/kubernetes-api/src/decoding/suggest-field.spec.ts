import { describe, expect, it } from 'vitest';
import { suggestField } from './suggest-field.ts';

const POD_SPEC = [
  'containers',
  'initContainers',
  'nodeName',
  'nodeSelector',
  'tolerations',
  'volumes',
  'hostPID',
  'os',
];

describe('suggestField', () => {
  it.each([
    ['container', 'containers'],
    ['tolerationz', 'tolerations'],
    ['nodeselector', 'nodeSelector'],
    ['hostPid', 'hostPID'],
    ['nodename', 'nodeName'],
    ['initContianers', 'initContainers'],
  ])('takes %s for %s', (written, meant) => {
    expect(suggestField(written, POD_SPEC)).toBe(meant);
  });

  it.each(['replicas', 'x', 'id', ''])('makes no guess about %j', (written) => {
    expect(suggestField(written, ['containers', 'tolerations', 'volumes'])).toBeUndefined();
  });
});
