import { ReferenceStream } from './reference-stream.ts';
import { Watcher, type WatcherCounts, type WatchTarget } from './watcher.ts';

interface MetadataList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly uid: string; readonly resourceVersion: string } }[];
}

/** The objects at a resourceVersion, or at the newest, as resourceVersion by uid. */
export const listVersions = async (url: string, path: string, at?: number): Promise<{ readonly version: number; readonly objects: ReadonlyMap<string, number> }> => {
  const query = at === undefined ? '' : `?resourceVersion=${at}&resourceVersionMatch=Exact`;
  const response = await fetch(`${url}${path}${query}`, { headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' } });
  if (response.status !== 200) throw new Error(`GET ${path}${query}: ${response.status} ${await response.text()}`);
  const list = (await response.json()) as MetadataList;
  return { version: Number(list.metadata.resourceVersion), objects: new Map(list.items.map(({ metadata }) => [metadata.uid, Number(metadata.resourceVersion)])) };
};

export interface GroupProgress extends WatcherCounts {
  readonly events: number;
  /** Events that all watchers together have seen. */
  readonly delivered: number;
  /** resourceVersions up to which the first and the last watcher have seen everything. */
  readonly ahead: number;
  readonly behind: number;
  readonly referenceMiB: number;
  readonly faults: readonly string[];
}

export interface GroupVerdict {
  readonly faults: readonly string[];
  /** Stands for the sequence of events; equal for groups that have seen the same. */
  readonly hash: string;
  readonly events: number;
}

const FAULTS_MAX = 10;

/** Many watchers of the same objects from the same resourceVersion on, checked against each other and against a list at the end. */
export class WatcherGroup {
  readonly watchers: readonly Watcher[];
  private readonly reference: ReferenceStream;
  private readonly counts: WatcherCounts = { bytes: 0, closed: 0, resumed: 0, refused: 0, repeated: 0 };

  private constructor(target: WatchTarget, reference: ReferenceStream, count: number) {
    this.reference = reference;
    this.watchers = Array.from({ length: count }, () => new Watcher(target, reference, this.counts));
  }

  /** Opens all watches; resolves when each is answered. */
  static async open(target: WatchTarget, version: number, count: number): Promise<WatcherGroup> {
    const { objects } = await listVersions(`http://${target.host}:${target.port}`, target.path, version);
    const group = new WatcherGroup(target, new ReferenceStream(version, objects), count);
    await Promise.all(group.watchers.map((watcher) => watcher.open()));
    return group;
  }

  progress(): GroupProgress {
    const { reference, watchers } = this;
    const offsets = watchers.map(({ offset }) => offset);
    const lowest = Math.min(...offsets);
    reference.forgetBefore(lowest);
    const versionAt = (offset: number): number => reference.lines[reference.linesUpTo(offset) - 1]?.version ?? reference.startVersion;
    return {
      ...this.counts,
      events: reference.lines.length,
      delivered: offsets.reduce((sum, offset) => sum + reference.linesUpTo(offset), 0),
      ahead: versionAt(Math.max(...offsets)),
      behind: versionAt(lowest),
      referenceMiB: reference.heldPeak / 1024 / 1024,
      faults: this.faults(watchers.map(({ fault }) => fault)),
    };
  }

  /** What was missed or reordered, now that every watcher is where the reference ends; `objects` are those of a list at that moment. */
  verdict(objects: ReadonlyMap<string, number>): GroupVerdict {
    const { reference, watchers } = this;
    const faults = [...this.faults(watchers.map((watcher) => watcher.verdict() ?? (watcher.offset === reference.end ? undefined : `a watcher stopped at byte ${watcher.offset} of ${reference.end}`)))];
    const { present } = reference;
    if (present.size !== objects.size) faults.push(`the events lead to ${present.size} objects, and there are ${objects.size}`);
    for (const [uid, version] of objects) if (present.get(uid) !== version) faults.push(`${uid} was last seen at ${present.get(uid) ?? 'no version'}, and is at ${version}`);
    return { faults: faults.slice(0, FAULTS_MAX), hash: reference.hash(), events: reference.lines.length };
  }

  stop(): void {
    for (const watcher of this.watchers) watcher.stop();
  }

  private faults(ofWatchers: readonly (string | undefined)[]): readonly string[] {
    return [...this.reference.faults, ...ofWatchers.filter((fault) => fault !== undefined)].slice(0, FAULTS_MAX);
  }
}
