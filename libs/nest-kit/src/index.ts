export { MessageBusTransport } from './message-bus-transport.ts';
export { runWhenMain, stopOnSignals } from './process-entry.ts';
export { parseDurationValue, parsePortValue, wholeNumberValue } from './option-values.ts';
