import { describe, expect, it } from 'vitest';
import { isAtLeast, parseVersion, wheelFor } from './nats-server-release.ts';

describe('isAtLeast', () => {
  it.each([
    ['2.10.0', true],
    ['2.9.25', false],
    ['2.15.1', true],
    ['2.10.0-preview.1', true],
    ['3.0.0', true],
    ['1.99.99', false],
    ['unknown', false],
  ])('2.10.0 against %s: %s', (version, expected) => expect(isAtLeast(version, '2.10.0')).toBe(expected));
});

describe('parseVersion', () => {
  it('reads what the server prints', () => {
    expect(parseVersion('nats-server: v2.15.1\n')).toEqual([2, 15, 1]);
    expect(parseVersion('command not found')).toBeUndefined();
  });
});

describe('wheelFor', () => {
  it('knows the pinned release on both machines', () => {
    expect(wheelFor('2.15.1', { platform: 'linux', arch: 'x64' })).toMatchObject({
      sha256: expect.stringMatching(/^8595a93c/),
    });
    expect(wheelFor('2.15.1', { platform: 'linux', arch: 'arm64' })).toMatchObject({
      sha256: expect.stringMatching(/^06445f57/),
    });
  });

  it('has none where no checksum is pinned', () => {
    expect(wheelFor('2.15.0', { platform: 'linux', arch: 'x64' })).toHaveProperty('reason');
    expect(wheelFor('2.15.1', { platform: 'darwin', arch: 'arm64' })).toHaveProperty('reason');
  });
});
