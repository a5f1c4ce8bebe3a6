import 'reflect-metadata';
import { connectBroker } from '@everynode/event-log-jetstream';
import { brokerOf, runWhenMain, stopOnSignals } from '@everynode/nest-kit';
import { composeApiServer, type ApiServerAdapters, type RunningApiServer } from './composition.ts';
import { apiServerCommand, type ApiServerOptions } from './options.ts';

/** Starts an API server on the given adapters, or on the broker that the options name. */
export const runApiServer = async (options: ApiServerOptions, adapters?: ApiServerAdapters): Promise<RunningApiServer> =>
  composeApiServer(options, adapters ?? (await connectBroker({ ...brokerOf(options, 'apiserver'), name: 'apiserver', role: { kind: 'apiserver' } })));

runWhenMain(import.meta.url, 'apiserver', () =>
  apiServerCommand(async (options) => {
    const server = await runApiServer(options);
    stopOnSignals(() => server.stop());
  }),
);
