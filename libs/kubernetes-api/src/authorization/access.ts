/** What somebody wants to do with a resource; the fields are those of Kubernetes' ResourceAttributes. */
export interface ResourceAccess {
  readonly type: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Empty for what is cluster-scoped, and for all namespaces. */
  readonly namespace: string;
  /** Empty where no single object is named. */
  readonly name: string;
  /** Field labels that a list, watch or deletecollection is limited to, with their values; every object that is not so is out of its reach. */
  readonly fields: ReadonlyMap<string, string>;
}

/** What somebody wants of a path that is no resource. */
export interface PathAccess {
  readonly type: 'path';
  readonly verb: string;
  readonly path: string;
}

export type Access = ResourceAccess | PathAccess;

/** A resource access with nothing said that is not given. */
export const resourceAccess = (given: Pick<ResourceAccess, 'verb' | 'resource'> & Partial<ResourceAccess>): ResourceAccess => ({
  group: '',
  version: 'v1',
  subresource: '',
  namespace: '',
  name: '',
  fields: new Map(),
  ...given,
  type: 'resource',
});

/** `pods`, `pods/exec`. */
export const resourceText = ({ resource, subresource }: Pick<ResourceAccess, 'resource' | 'subresource'>): string =>
  subresource === '' ? resource : `${resource}/${subresource}`;
