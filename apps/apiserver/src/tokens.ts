/** Injection tokens; everything is injected by token because the bundler keeps no type metadata. */
export const REQUEST_HANDLER = Symbol('request handler');
export const METRICS = Symbol('metrics');
export const LOGGER = Symbol('logger');
