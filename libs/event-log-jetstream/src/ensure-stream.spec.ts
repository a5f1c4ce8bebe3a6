import { describe, expect, it } from 'vitest';
import { cellNamed } from './cell.ts';
import { differences } from './ensure-stream.ts';
import { commandsStream, eventsStream } from './stream-configs.ts';

describe('differences', () => {
  const wanted = eventsStream(cellNamed(undefined), 1);

  it('finds none when the server keeps what was asked for and adds fields of its own', () => {
    expect(differences({ ...wanted, max_age: 0, sealed: false }, wanted)).toEqual([]);
  });

  it('names every field that the server ignored or has otherwise', () => {
    const { deny_purge: _ignored, ...found } = wanted;
    expect(differences({ ...found, deny_delete: false }, wanted)).toEqual([
      'deny_delete is false, true was asked for',
      'deny_purge is undefined, true was asked for',
    ]);
  });

  it('takes an absent field for false', () => {
    const { allow_rollup_hdrs: _absent, ...found } = wanted;
    expect(differences(found, wanted)).toEqual([]);
  });

  it('looks into nested fields and lists', () => {
    const commands = commandsStream(cellNamed(undefined), 1);
    const republish = { src: 'everynode.v1.cmd.*', dest: 'elsewhere' };
    expect(differences({ ...commands, republish }, commands)).toEqual([expect.stringContaining('republish is')]);
    expect(differences({ ...commands, subjects: ['everynode.v1.cmd.>'] }, commands)).toEqual([
      expect.stringContaining('subjects is'),
    ]);
  });
});
