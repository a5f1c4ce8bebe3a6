import type { ApiAccess } from '../../api-access/api-access.ts';
import { requestApi } from '../../api-access/request-api.ts';
import { CommandFailed, reasonOf } from '../../terminal/command-failed.ts';
import { asKubectlApplies } from './last-applied.ts';
import type { Manifest } from './read-manifests.ts';

interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

const PATIENCE_MS = 20_000;
const PAUSE_MS = 50;
const REQUEST_TIMEOUT_MS = 10_000;
/** A field that is written wrongly would be left out in silence otherwise. */
const WRITE_OPTIONS = 'fieldManager=everynode-up&fieldValidation=Strict';
/** Answers that say "not now". */
const LATER = new Set([429, 500, 502, 503, 504]);

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Applies objects through the Kubernetes API of a fleet. */
export class ApiClient {
  private readonly access: ApiAccess;

  constructor(access: ApiAccess) {
    this.access = access;
  }

  private async request(method: string, path: string, body?: object, type = 'application/json'): Promise<ApiAnswer> {
    const { status, text } = await requestApi(this.access, {
      method,
      path,
      timeoutMs: REQUEST_TIMEOUT_MS,
      ...(body === undefined ? {} : { body: JSON.stringify(body), contentType: type }),
    });
    return { status, body: text.startsWith('{') ? (JSON.parse(text) as ApiAnswer['body']) : { message: text } };
  }

  /** Repeats a request until the server answers with something else than "not now". `isWanted` false gives up. */
  private async patiently(isWanted: () => boolean, attempt: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    const deadline = Date.now() + PATIENCE_MS;
    let last = 'no answer';
    while (Date.now() < deadline && isWanted()) {
      try {
        const answer = await attempt();
        if (!LATER.has(answer.status)) return answer;
        last = `${answer.status} ${messageOf(answer)}`;
      } catch (error) {
        last = reasonOf(error);
      }
      await sleep(PAUSE_MS);
    }
    throw new CommandFailed(`the API server at ${this.access.url} is not ready (${last})`);
  }

  /** Resolves when the API server has read the log; throws CommandFailed when that takes longer than twenty seconds. */
  async untilReady(isWanted: () => boolean): Promise<void> {
    await this.patiently(isWanted, () => this.request('GET', '/readyz'));
  }

  private async pathOf(manifest: Manifest, isWanted: () => boolean): Promise<string> {
    const root = manifest.apiVersion.includes('/') ? `/apis/${manifest.apiVersion}` : `/api/${manifest.apiVersion}`;
    const { body } = await this.patiently(isWanted, () => this.request('GET', root));
    const resource = (body as ResourceList).resources?.find(
      ({ kind, name }) => kind === manifest.kind && !name.includes('/'),
    );
    if (resource === undefined)
      throw new CommandFailed(
        `--manifest: ${manifest.file}: the kind ${manifest.kind} of ${manifest.apiVersion} is not served`,
      );
    return resource.namespaced
      ? `${root}/namespaces/${manifest.namespace ?? 'default'}/${resource.name}`
      : `${root}/${resource.name}`;
  }

  /** Makes the object as the manifest says, whether it exists or not (server-side apply). */
  async apply(manifest: Manifest, isWanted: () => boolean): Promise<void> {
    const path = await this.pathOf(manifest, isWanted);
    const query = `?${WRITE_OPTIONS}&force=true`;
    const body = asKubectlApplies(manifest.body);
    const answer = await this.patiently(isWanted, () =>
      this.request('PATCH', `${path}/${manifest.name}${query}`, body, 'application/apply-patch+yaml'),
    );
    if (answer.status >= 300) throw refused(manifest, answer);
  }

  /** Creates the object; one of that name that exists already is left as it is. */
  async create(manifest: Manifest, isWanted: () => boolean): Promise<void> {
    const path = await this.pathOf(manifest, isWanted);
    const answer = await this.patiently(isWanted, () =>
      this.request('POST', `${path}?${WRITE_OPTIONS}`, asKubectlApplies(manifest.body)),
    );
    if (answer.status >= 300 && answer.body['reason'] !== 'AlreadyExists') throw refused(manifest, answer);
  }
}

const messageOf = ({ body }: ApiAnswer): string => (typeof body['message'] === 'string' ? body['message'] : '');

const refused = ({ file, kind, name }: Manifest, answer: ApiAnswer): CommandFailed =>
  new CommandFailed(`--manifest: ${file}: ${kind} ${name} was refused with ${answer.status}: ${messageOf(answer)}`);
