import { describe, expect, it } from 'vitest';
import { controllerCommand, type ControllerOptions } from './options.ts';
import { ALL_CONTROLLERS, controllersText, parseControllers } from './controller-selection.ts';

const optionsOf = async (...args: readonly string[]): Promise<ControllerOptions | undefined> => {
  let parsed: ControllerOptions | undefined;
  const command = controllerCommand(async (options) => {
    parsed = options;
  });
  await command.exitOverride().configureOutput({ writeErr: () => undefined }).parseAsync(args, { from: 'user' });
  return parsed;
};

describe('--controllers', () => {
  it('runs all when it is not given', async () => {
    expect((await optionsOf())?.controllers).toEqual(ALL_CONTROLLERS);
    expect((await optionsOf('--controllers', '*,-daemonset'))?.controllers).toEqual({ daemonSets: false });
  });

  it.each(['*,-daemonset-controller', '*,-daemonset', ' * , -daemonset ', '-daemonset,*'])('leaves the DaemonSet controller off: %s', (text) => {
    expect(parseControllers(text)).toEqual({ daemonSets: false });
  });

  it.each(['*', '*,daemonset-controller', 'daemonset,*'])('keeps it: %s', (text) => {
    expect(parseControllers(text)).toEqual({ daemonSets: true });
  });

  it.each([
    ['daemonset-controller', "must have '*'"],
    ['', "must have '*'"],
    ['*,-nodelifecycle', '"-nodelifecycle" is not one that can be chosen'],
    ['*,', '"" is not one that can be chosen'],
    ['*,daemonset,-daemonset-controller', 'both named and left off'],
  ])('refuses %s', async (text, reason) => {
    expect(parseControllers(text)).toContain(reason);
    await expect(optionsOf('--controllers', text)).rejects.toThrow(reason);
  });

  it('is shown in the names of today', () => {
    expect(controllersText(ALL_CONTROLLERS)).toBe('*');
    expect(controllersText({ daemonSets: false })).toBe('*,-daemonset-controller');
  });
});
