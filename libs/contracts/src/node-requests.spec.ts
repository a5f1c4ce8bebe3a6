import { describe, expect, it } from 'vitest';
import { parseLabFault, parseNodeTaints } from './node-requests.ts';

describe('parseNodeTaints', () => {
  it('reads changes of taints', () => {
    const taints = [{ key: 'k', effect: 'NoExecute', value: 'v', present: true }];
    expect(parseNodeTaints(JSON.stringify({ taints }))).toMatchObject({ ok: true, value: { taints } });
  });

  it.each([
    ['{"taints":[{"key":"k","effect":"No","present":true}]}', 'taints.0.effect'],
    ['{"taints":[{"key":"k","effect":"NoExecute"}]}', 'taints.0.present'],
    ['{}', 'taints: taints must be an array'],
  ])('refuses %s and names the field', (text, reason) => {
    expect(parseNodeTaints(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});

describe('parseLabFault', () => {
  it.each(['{"fault":"reboot"}', '{"fault":"crash-pod","uid":"u","exitCode":3}', '{"fault":"shutdown","graceSeconds":30}'])('reads %s', (text) => {
    expect(parseLabFault(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });

  it.each([
    ['{"fault":"explode"}', 'fault: fault must be one of'],
    ['{"fault":"crash-pod","exitCode":256}', 'exitCode: exitCode must not be greater than 255'],
    ['{"fault":"shutdown","graceSeconds":-1}', 'graceSeconds: graceSeconds must not be less than 0'],
    ['{"fault":"reboot","node":"n"}', 'node: property node should not exist'],
  ])('refuses %s and names the field', (text, reason) => {
    expect(parseLabFault(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
