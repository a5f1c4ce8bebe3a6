/** Injection tokens; everything is injected by token because the bundler keeps no type metadata. */
export const HOST = Symbol('agent host');
export const METRICS = Symbol('agent metrics');
export const RUNTIME = Symbol('node runtime');
export const LAB = Symbol('lab switch');
export const SESSIONS = Symbol('session host');
