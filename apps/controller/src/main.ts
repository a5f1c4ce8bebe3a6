import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { connectBroker } from '@everynode/event-log-jetstream';
import { brokerOf, runWhenMain, stopOnSignals } from '@everynode/nest-kit';
import { composeController, type ControllerAdapters, type RunningController } from './composition.ts';
import { controllerCommand, type ControllerOptions } from './options.ts';

// The heap grows in small steps: a decision on thousands of Pods leaves much garbage, and a third less memory costs a few milliseconds.
setFlagsFromString('--heap-growing-percent=30');

/** Starts a controller on the given adapters, or on the broker that the options name. */
export const runController = async (options: ControllerOptions, adapters?: ControllerAdapters): Promise<RunningController> =>
  composeController(options, adapters ?? (await connectBroker({ ...brokerOf(options, 'controller'), name: `controller ${options.name}`, role: { kind: 'controller' }, leaseTtlMs: options.leaseTtlMs })));

runWhenMain(import.meta.url, 'controller', () =>
  controllerCommand(async (options) => {
    const controller = await runController(options);
    stopOnSignals(() => controller.stop());
  }),
);
