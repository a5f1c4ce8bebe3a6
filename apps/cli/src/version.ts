declare const EVERYNODE_VERSION: string | undefined;

/** Version of the package, put in by the bundler. */
export const VERSION = typeof EVERYNODE_VERSION === 'undefined' ? 'development' : EVERYNODE_VERSION;
