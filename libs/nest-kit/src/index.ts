export { MessageBusTransport } from './message-bus-transport.ts';
export { runWhenMain, stopOnSignals } from './process-entry.ts';
