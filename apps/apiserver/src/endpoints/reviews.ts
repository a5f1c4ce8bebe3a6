import { invalidStatus, required } from '@everynode/kubernetes-api';
import { jsonAnswer, StatusError, type Answer } from '../http/answer.ts';

/** Who makes a request. Without authentication everyone who reaches the loopback address is the administrator. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

export const ADMINISTRATOR: User = { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] };

type Review = (body: Readonly<Record<string, unknown>>, user: User) => Record<string, unknown>;

const accessReview: Review = (body) => {
  const spec = (body['spec'] ?? {}) as Record<string, unknown>;
  if (spec['resourceAttributes'] === undefined && spec['nonResourceAttributes'] === undefined) {
    const error = required('spec.resourceAttributes', 'exactly one of nonResourceAttributes or resourceAttributes must be specified');
    throw new StatusError(invalidStatus({ group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview' }, '', [error]));
  }
  return { spec, status: { allowed: true, reason: 'everyone who reaches this server may do everything' } };
};

const rulesReview: Review = (body) => ({
  spec: body['spec'] ?? {},
  status: {
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  },
});

const subjectReview: Review = (_body, user) => ({ status: { userInfo: user } });

/** Callers are not known by tokens here, so no token is anybody's. */
const tokenReview: Review = (body) => ({
  spec: body['spec'] ?? {},
  status: { authenticated: false, user: {}, error: 'this server knows no tokens' },
});

const REVIEWS: ReadonlyMap<string, Review> = new Map([
  ['SelfSubjectAccessReview', accessReview],
  ['SelfSubjectRulesReview', rulesReview],
  ['SelfSubjectReview', subjectReview],
  ['TokenReview', tokenReview],
]);

/** Answers a review at once; nothing of it is stored. */
export const answerReview = (kind: string, body: Readonly<Record<string, unknown>>, user: User): Answer => {
  const review = REVIEWS.get(kind);
  if (review === undefined) throw new Error(`${kind} is no review`);
  return jsonAnswer({ kind, apiVersion: body['apiVersion'], metadata: { creationTimestamp: null }, ...review(body, user) }, 201);
};
