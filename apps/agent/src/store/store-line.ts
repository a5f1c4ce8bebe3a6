import type { Labels, PodRecord, PodSpec, RunPod, StoreChange } from '@everynode/core';

/** What Pods of one revision have in common; written once a file. */
interface Template {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

type StoredRun = Omit<RunPod, keyof Template> & { readonly template: number };

type StoreLine =
  | Exclude<StoreChange, { type: 'pod' }>
  | { readonly type: 'template'; readonly id: number; readonly template: Template }
  | { readonly type: 'pod'; readonly node: string; readonly pod: Omit<PodRecord, 'run'> & { readonly run: StoredRun } };

/** Writes changes as lines of one file. */
export class StoreLineWriter {
  private readonly ids = new Map<PodSpec, { readonly id: number; readonly template: Template }>();
  private nextId = 1;

  /** The lines of a change, each with its line break. */
  lines(change: StoreChange): string {
    if (change.type !== 'pod') return `${JSON.stringify(change)}\n`;
    const { namespace, name, uid, owner, surge, labels, annotations, spec } = change.pod.run;
    const { id, line } = this.template({ labels, annotations, spec });
    const pod = { ...change.pod, run: { namespace, name, uid, owner, surge, template: id } };
    return `${line}${JSON.stringify({ type: 'pod', node: change.node, pod })}\n`;
  }

  private template(template: Template): { readonly id: number; readonly line: string } {
    const known = this.ids.get(template.spec);
    if (
      known !== undefined &&
      known.template.labels === template.labels &&
      known.template.annotations === template.annotations
    )
      return { id: known.id, line: '' };
    const id = this.nextId;
    this.nextId += 1;
    this.ids.set(template.spec, { id, template });
    return { id, line: `${JSON.stringify({ type: 'template', id, template })}\n` };
  }
}

const isLine = (value: unknown): value is StoreLine =>
  typeof value === 'object' &&
  value !== null &&
  ['node', 'pod', 'pod-state', 'pod-forgotten', 'template'].includes(String((value as { type?: unknown }).type));

/** Reads the lines of one file, in order. */
export class StoreLineReader {
  private readonly templates = new Map<number, Template>();

  /** The change of a line; undefined for a line that is none in itself. Throws for a line that cannot be read. */
  read(line: string): StoreChange | undefined {
    const value: unknown = JSON.parse(line);
    if (!isLine(value)) throw new Error('not a line of a store');
    if (value.type === 'template') {
      this.templates.set(value.id, value.template);
      return undefined;
    }
    if (value.type !== 'pod') return value;
    const { template: id, ...run } = value.pod.run;
    const template = this.templates.get(id);
    if (template === undefined) throw new Error(`template ${id} is missing`);
    return { type: 'pod', node: value.node, pod: { ...value.pod, run: { ...run, ...template } } };
  }
}
