import { describe, expect, it } from 'vitest';
import { SendWindow } from './send-window.ts';

/** Enters and notes the order in which turns are given. */
const entering = (window: SendWindow, turns: string[], name: string, bytes = 1): Promise<void> =>
  window.enter(bytes).then((entered) => void turns.push(entered ? name : `not ${name}`));
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SendWindow', () => {
  it('lets as many enter as allowed, and the others in order as soon as somebody leaves', async () => {
    const window = new SendWindow({ requests: 2, bytes: 100, waiting: 10 });
    const turns: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) void entering(window, turns, name);
    await settled();
    expect(turns).toEqual(['a', 'b']);
    window.leave(1);
    await settled();
    expect(turns).toEqual(['a', 'b', 'c']);
    window.leave(1);
    window.leave(1);
    await settled();
    expect(turns).toEqual(['a', 'b', 'c', 'd']);
  });

  it('counts bytes, lets nobody overtake, and lets a giant go alone', async () => {
    const window = new SendWindow({ requests: 10, bytes: 100, waiting: 10 });
    const turns: string[] = [];
    void entering(window, turns, 'small', 60);
    void entering(window, turns, 'giant', 500);
    void entering(window, turns, 'tiny', 1);
    await settled();
    expect(turns).toEqual(['small']);
    window.leave(60);
    await settled();
    expect(turns).toEqual(['small', 'giant']);
    window.leave(500);
    await settled();
    expect(turns).toEqual(['small', 'giant', 'tiny']);
  });

  it('turns away whoever would wait behind too many', async () => {
    const window = new SendWindow({ requests: 1, bytes: 100, waiting: 1 });
    const turns: string[] = [];
    for (const name of ['a', 'b', 'c']) void entering(window, turns, name);
    await settled();
    expect(turns).toEqual(['a', 'not c']);
  });
});
