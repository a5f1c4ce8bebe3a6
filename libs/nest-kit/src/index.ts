export { brokerOf, withBroker, type BrokerSettings } from './broker-options.ts';
export { MessageBusTransport } from './message-bus-transport.ts';
export { processLogger } from './process-logger.ts';
export { runWhenMain, stopOnSignals } from './process-entry.ts';
export { parseDurationValue, parsePortValue, wholeNumberValue } from './option-values.ts';
