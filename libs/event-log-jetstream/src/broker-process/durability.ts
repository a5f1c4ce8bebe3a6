/** When appended records reach the disk: before they are acknowledged, or up to so many milliseconds later. */
export type Durability =
  | { readonly sync: 'always' }
  | { readonly sync: 'interval'; readonly intervalMs: number }
  | { readonly sync: 'unknown'; readonly reason: string };

interface Varz {
  readonly jetstream?: { readonly config?: { readonly sync_always?: boolean; readonly sync_interval?: number } };
}

/** Asks the server's monitoring endpoint (`/varz`); clients cannot ask over their own connection without a system account. */
export const readDurability = async (monitorUrl: string | undefined): Promise<Durability> => {
  if (monitorUrl === undefined) return { sync: 'unknown', reason: 'the monitoring address is not known' };
  try {
    const response = await fetch(new URL('/varz', monitorUrl), { signal: AbortSignal.timeout(2000) });
    const config = ((await response.json()) as Varz).jetstream?.config;
    if (config?.sync_always === true) return { sync: 'always' };
    if (config?.sync_interval === undefined) return { sync: 'unknown', reason: `${monitorUrl}/varz does not tell` };
    return { sync: 'interval', intervalMs: config.sync_interval / 1_000_000 };
  } catch (error) {
    return { sync: 'unknown', reason: `${monitorUrl}/varz: ${error instanceof Error ? error.message : String(error)}` };
  }
};
