/** Release of Kubernetes that is built. */
export declare const KUBERNETES_VERSION: string;

/** Folder that built programs are kept in, by their names. */
export declare const upstreamCacheFolder: () => string;

/** Paths of the programs, by name; builds those that are not in the cache. Rejects with a sentence when it cannot. */
export declare const upstreamPrograms: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
