/** Injection tokens; everything is injected by token because the bundler keeps no type metadata. */
export const HOST = Symbol('controller host');
export const METRICS = Symbol('controller metrics');
export const DEAD_LETTERS = Symbol('dead letters');
export const LOGGER = Symbol('logger');
