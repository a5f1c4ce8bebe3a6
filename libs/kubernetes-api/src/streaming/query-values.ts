/** The query of a request, as `URLSearchParams` gives it. */
export interface QueryValues {
  get(name: string): string | null;
  getAll(name: string): readonly string[];
}

/** A boolean of the query as Kubernetes reads it: present, and not `false` or `0`. */
export const isFlagSet = (query: QueryValues, name: string): boolean => {
  const text = query.get(name);
  return text !== null && text.toLowerCase() !== 'false' && text !== '0';
};
