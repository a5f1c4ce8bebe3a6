/** One clause of an Accept header, e.g. `application/json;as=Table;v=v1;g=meta.k8s.io`. */
export interface AcceptClause {
  readonly mediaType: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const CLAUSES_MAX = 32;

const clauseOf = (text: string): AcceptClause & { readonly quality: number } => {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals) !== '__proto__') parameters[part.slice(0, equals).toLowerCase()] = part.slice(equals + 1).replaceAll('"', '');
  }
  const quality = Number(parameters['q'] ?? '1');
  return { mediaType: mediaType.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
};

/** The clauses of an Accept header, the most wanted first; everything is wanted when there is no header. */
export const parseAccept = (header: string | undefined): readonly AcceptClause[] => {
  if (header === undefined || header.trim() === '') return [{ mediaType: '*/*', parameters: {} }];
  return header
    .split(',', CLAUSES_MAX)
    .map(clauseOf)
    .filter(({ quality }) => quality > 0)
    .toSorted((left, right) => right.quality - left.quality);
};

/** True when a clause is content with JSON. Clients that ask for Kubernetes' protobuf decode the answer by its own content type, so JSON serves them too. */
export const takesJson = ({ mediaType }: AcceptClause): boolean =>
  mediaType === 'application/json' || mediaType === '*/*' || mediaType === 'application/*' || mediaType === 'application/vnd.kubernetes.protobuf';
