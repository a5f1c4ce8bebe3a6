import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeToken, encodeToken } from './subject-token.ts';
import {
  EPOCH_SUBJECT,
  commandSubject,
  deadLetterSubject,
  deliverySubject,
  eventSubject,
  heartbeatSubject,
  labSubject,
  nameInSubject,
  parseEventSubject,
  parseSnapshotManifest,
  registrationSubject,
  reportSubject,
  requestSubject,
  snapshotSubjects,
} from './subjects.ts';

const dnsName = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/);
const anyName = fc.oneof(
  dnsName,
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '-', '=', '=2E', '.', '*', '>', 'a b', '%2E', '☃', "it's"),
);
const validToken = /^[A-Za-z0-9_=-]+$/;

describe('encodeToken', () => {
  const reached = { dotted: 0, escapedOther: 0, plain: 0, empty: 0 };
  afterAll(() => expect(Object.values(reached).every((count) => count > 0)).toBe(true));

  it('gives a valid token from which the name comes back', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const token = encodeToken(name);
        expect(token).toMatch(validToken);
        expect(decodeToken(token)).toBe(name);
        if (name === '') reached.empty += 1;
        else if (name.includes('.')) reached.dotted += 1;
        else if (token.includes('=')) reached.escapedOther += 1;
        else reached.plain += 1;
      }),
      { numRuns: 1000 },
    );
  });

  it('encodes dots as =2E and leaves DNS labels as they are', () => {
    expect(encodeToken('ip-10-0-0-1.ec2.internal')).toBe('ip-10-0-0-1=2Eec2=2Einternal');
    expect(encodeToken('node-1_A')).toBe('node-1_A');
  });

  it('refuses a lone surrogate', () => {
    expect(() => encodeToken('\ud800')).toThrow(RangeError);
  });
});

describe('decodeToken', () => {
  it('accepts only what encodeToken produces', () => {
    const outcomes = { decoded: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z=2E]{1,8}$/), anyName.map(encodeToken)), (token) => {
        let name: string;
        try {
          name = decodeToken(token);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          outcomes.refused += 1;
          return;
        }
        expect(encodeToken(name)).toBe(token);
        outcomes.decoded += 1;
      }),
      { numRuns: 1000 },
    );
    expect(outcomes.decoded).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(50);
  });

  it.each(['', 'a.b', '=2e', '=41', '%2E', '=FF', '=2', 'a b', 'a=', '*'])('refuses %j', (token) => {
    expect(() => decodeToken(token)).toThrow(RangeError);
  });
});

describe('event subjects', () => {
  it('have three tokens behind evt, from which kind, namespace and name come back', () => {
    const reached = { namespaced: 0, clusterWide: 0 };
    const about = fc.record({
      kind: dnsName,
      namespace: fc.option(
        anyName.filter((name) => name !== '-'),
        { nil: undefined },
      ),
      name: anyName,
    });
    fc.assert(
      fc.property(about, (of) => {
        fc.pre(of.kind !== 'epoch');
        const subject = eventSubject(of);
        expect(subject.split('.')).toHaveLength(6);
        expect(parseEventSubject(subject)).toEqual(of);
        reached[of.namespace === undefined ? 'clusterWide' : 'namespaced'] += 1;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(reached.namespaced, reached.clusterWide)).toBeGreaterThan(20);
  });

  it('are spelled as the wire documents', () => {
    expect(eventSubject({ kind: 'daemonset', namespace: 'default', name: 'web' })).toBe(
      'everynode.v1.evt.daemonset.default.web',
    );
    expect(eventSubject({ kind: 'node', namespace: undefined, name: 'a.b' })).toBe('everynode.v1.evt.node.-.a=2Eb');
    expect(eventSubject({ kind: 'epoch', namespace: undefined, name: '7' })).toBe(EPOCH_SUBJECT);
    expect(parseEventSubject(EPOCH_SUBJECT)).toMatchObject({ kind: 'epoch' });
  });

  it('have no namespace `-`, which stands for none', () => {
    expect(() => eventSubject({ kind: 'pod', namespace: '-', name: 'a' })).toThrow(RangeError);
  });

  it.each([
    'everynode.v1.evt',
    'everynode.v1.evt.node.a',
    'everynode.v1.evt.node.-.a.b',
    'everynode.v1.cmd.a',
    'x',
    'everynode.v1.evt.node.-.=2e',
  ])('are not %s', (subject) => expect(parseEventSubject(subject)).toBeUndefined());
});

describe('subjects that end with a name', () => {
  const builders = {
    cmd: commandSubject,
    dlv: deliverySubject,
    req: requestSubject,
    hb: heartbeatSubject,
    reg: registrationSubject,
    rpt: reportSubject,
    dead: deadLetterSubject,
    lab: labSubject,
  };

  it.each(Object.entries(builders))('of family %s give the name back, and no other family`s', (family, build) => {
    fc.assert(
      fc.property(anyName, (name) => {
        const subject = build(name);
        const names = (Object.keys(builders) as (keyof typeof builders)[]).map((other) => [
          other,
          nameInSubject(other, subject),
        ]);
        expect(names.filter(([, found]) => found !== undefined)).toEqual([[family, name]]);
      }),
    );
  });
});

describe('snapshot subjects', () => {
  it('carry sequence and save id in the manifest`s subject', () => {
    const subjects = snapshotSubjects(1200, 'save.1');
    expect(parseSnapshotManifest(subjects.manifest)).toEqual({ sequence: 1200, saveId: 'save.1' });
    expect(parseSnapshotManifest(subjects.chunk(0))).toBeUndefined();
    expect(subjects.chunk(3)).toBe('everynode.v1.snap.1200.save=2E1.chunk.3');
    expect(subjects.all).toBe('everynode.v1.snap.1200.save=2E1.>');
  });
});
