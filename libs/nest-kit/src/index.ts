export { MessageBusTransport } from './message-bus-transport.ts';
export { processLogger } from './process-logger.ts';
export { runWhenMain, sayWaiting, stopOnSignals } from './process-entry.ts';
export { parseDurationValue, parsePortValue, wholeNumberValue } from './option-values.ts';
