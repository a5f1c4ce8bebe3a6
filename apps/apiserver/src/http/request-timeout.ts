import { badRequestStatus } from '@everynode/kubernetes-api';
import { StatusError } from './answer.ts';

const GO_DURATION = /^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

/** Refuses a `timeout` of the query that is no duration (StatusError 400). A good one changes nothing: everything here is answered sooner than clients ask for. */
export const checkTimeout = (query: URLSearchParams): void => {
  const text = query.get('timeout') ?? '';
  if (text === '' || GO_DURATION.test(text)) return;
  throw new StatusError(badRequestStatus(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`));
};
