import { describe, expect, it } from 'vitest';
import { fieldErrorMessage } from '../status/field-error.ts';
import {
  resourceQuotaWarnings,
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from './resource-quota.ts';

const quota = (spec: object): object => ({ metadata: { name: 'q', namespace: 'default' }, spec });
const mistakes = (hard: object): string[] => validateResourceQuota(quota({ hard })).map(fieldErrorMessage);

describe('ResourceQuota', () => {
  it.each([
    [{ pods: '0' }],
    [{ 'count/pods': '5', 'count/daemonsets.apps': '2' }],
    [{ 'requests.cpu': '500m', 'limits.memory': '1Gi', 'requests.storage': '1Ti' }],
    [{ 'requests.example.com/gpu': '2', 'hugepages-2Mi': '4Mi' }],
  ])('accepts %j', (hard) => {
    expect(mistakes(hard)).toEqual([]);
  });

  it.each([
    [{ pods: '-1' }, ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']],
    [{ pods: '1500m' }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    [{ 'count/secrets': '0.5' }, ['spec.hard[count/secrets]: Invalid value: "0.5": must be an integer']],
    [{ pods: 'few' }, ['spec.hard[pods]: Invalid value: "few": must be a quantity']],
    [
      { nodes: '1' },
      [
        'spec.hard[nodes]: Invalid value: "nodes": must be a standard resource type or fully qualified',
        'spec.hard[nodes]: Invalid value: "nodes": must be a standard resource for quota',
      ],
    ],
  ])('refuses %j', (hard, expected) => {
    expect(mistakes(hard)).toEqual(expected);
  });

  it('keeps its scopes', () => {
    const update = validateResourceQuotaUpdate(quota({ scopes: ['BestEffort'] }), quota({ scopes: ['Terminating'] }));
    expect(update.map(fieldErrorMessage)).toEqual(['spec.scopes: Invalid value: ["BestEffort"]: field is immutable']);
    expect(validateResourceQuotaUpdate(quota({ hard: { pods: '1' } }), quota({ hard: { pods: '2' } }))).toEqual([]);
  });

  it('has amounts in its status too', () => {
    const errors = validateResourceQuotaStatus({ status: { hard: { pods: '1' }, used: { pods: '-1' } } });
    expect(errors.map(fieldErrorMessage)).toEqual([
      'status.used[pods]: Invalid value: "-1": must be greater than or equal to 0',
    ]);
  });

  it('says once what is not enforced', () => {
    const hard = { pods: '1', 'count/configmaps': '1', 'requests.cpu': '1' };
    const warning = 'spec.hard[requests.cpu]: is kept but not enforced; objects are counted, resources are not';
    expect(resourceQuotaWarnings(quota({ hard }), undefined)).toEqual([warning]);
    expect(resourceQuotaWarnings(quota({ hard }), quota({ hard }))).toEqual([]);
    expect(resourceQuotaWarnings(quota({ hard, scopes: ['BestEffort'] }), undefined)).toEqual([
      'spec.scopes: a quota with scopes is kept but not enforced, because nothing here tells Pods apart by them',
    ]);
  });
});
