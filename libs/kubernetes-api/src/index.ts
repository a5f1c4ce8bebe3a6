export {
  apiVersionOf,
  definitionNameOfKind,
  listTypeOf,
  mergeKeyOf,
  resolveSchema,
  schemaDefinition,
  schemaOfField,
  schemaOfItems,
  schemaOfKind,
  servedKinds,
} from './schema/schema.ts';
export type { SchemaNode } from './schema/schema-node.ts';
export { findResource, findResourceByKind, groupVersions } from './resources/find-resource.ts';
export type { GroupVersion } from './resources/find-resource.ts';
export { duplicateFields, fieldsInOrder } from './json/duplicate-fields.ts';
export { parseRequestPath } from './resources/request-path.ts';
export type { RequestPath } from './resources/request-path.ts';
export { RESOURCES } from './resources/resource-table.ts';
export type { GroupVersionKind, Resource, Subresource, Verb } from './resources/resource.ts';
export { decodeFields } from './decoding/decode-fields.ts';
export type { DecodedFields, DecodedKind, FieldValidation } from './decoding/decode-fields.ts';
export { semanticEqual } from './defaulting/semantic-equal.ts';
export { isBeyondLimits, isJsonObject, NESTING_MAX } from './json/json-value.ts';
export { ageAt, humanDuration } from './duration/human-duration.ts';
export { compareQuantities, formatQuantity, isSameQuantity, parseQuantity } from './quantity/quantity.ts';
export type { Quantity } from './quantity/quantity.ts';
export { matchesFieldSelector, parseFieldSelector } from './selectors/field-selector.ts';
export type { FieldRequirement, ParsedFieldSelector } from './selectors/field-selector.ts';
export { matchesRequirements } from './selectors/label-requirement.ts';
export type { LabelOperator, LabelRequirement, Labels } from './selectors/label-requirement.ts';
export {
  formatLabelSelector,
  matchesLabelSelector,
  requirementsOfSelector,
} from './selectors/label-selector-object.ts';
export { formatLabelRequirements, parseLabelSelector } from './selectors/label-selector-text.ts';
export type { ParsedLabelSelector } from './selectors/label-selector-text.ts';
export {
  alreadyExistsStatus,
  badRequestStatus,
  conflictStatus,
  expiredContinueStatus,
  expiredStatus,
  forbiddenStatus,
  internalErrorStatus,
  invalidStatus,
  methodNotAllowedOnPathStatus,
  emptyKindStatus,
  methodNotAllowedStatus,
  notAcceptableStatus,
  notFoundStatus,
  requestEntityTooLargeStatus,
  serviceUnavailableStatus,
  timeoutStatus,
  tooLargeResourceVersionStatus,
  tooManyRequestsStatus,
  tooOldResourceVersionStatus,
  unauthorizedStatus,
  unknownPathStatus,
  unsupportedMediaTypeStatus,
  unsupportedPatchTypeStatus,
} from './status/failures.ts';
export { duplicate, fieldErrorMessage, forbidden, invalid, notSupported, required, tooLong } from './status/field-error.ts';
export type { FieldError, FieldErrorType } from './status/field-error.ts';
export { isStatus, success } from './status/status.ts';
export type { Qualified, Status, StatusCause, StatusDetails } from './status/status.ts';
export type { KubernetesObject, ObjectMeta, OwnerReference } from './write/object.ts';
export { prepareCreate } from './write/prepare-create.ts';
export { preparePatch } from './write/prepare-patch.ts';
export type { Patch } from './write/prepare-patch.ts';
export { prepareUpdate } from './write/prepare-update.ts';
export type { PreparedWrite, ResourceRef, WriteContext } from './write/write-context.ts';
export { partialObjectMetadata, partialObjectMetadataList, printTable } from './table/print-table.ts';
export type { IncludeObject, TableOptions } from './table/print-table.ts';
export { nodeRolesText, nodeStatusText } from './table/node-printer.ts';
export { podSummary } from './table/pod-status.ts';
export type { PodSummary } from './table/pod-status.ts';
export type {
  ListMetadata,
  PartialObjectMetadata,
  PartialObjectMetadataList,
  Table,
  TableColumn,
  TableRow,
} from './table/table.ts';
export { PROTOBUF_CONTENT_TYPE, decodeProtobuf } from './protobuf/decode-protobuf.ts';
export type { DecodedProtobuf } from './protobuf/decode-protobuf.ts';
export { answerDiscovery } from './discovery/discovery.ts';
export type { DiscoveryAnswer, DiscoveryRequest } from './discovery/discovery.ts';
export { GIT_VERSION, versionBody } from './discovery/version.ts';
export type { BuildFacts } from './discovery/version.ts';
export { apiPreparation, selectObjects } from './write/api-preparation.ts';
export type { ObjectSelection, WritableResource } from './write/api-preparation.ts';
export { OPENAPI_V2_PROTOBUF_ACCEPT, OPENAPI_V2_PROTOBUF_CONTENT_TYPE, openApiV2Protobuf } from './openapi/gnostic.ts';
export { openApiV2 } from './openapi/open-api-v2.ts';
export { openApiV3Document, openApiV3Index } from './openapi/open-api-v3.ts';
export type { RenderedDocument } from './openapi/open-api-v3.ts';
export { accessOfRequest } from './authorization/access-of-request.ts';
export type { RequestLine } from './authorization/access-of-request.ts';
export { resourceAccess, resourceText } from './authorization/access.ts';
export type { Access, PathAccess, ResourceAccess } from './authorization/access.ts';
export { accessForbiddenStatus, Authorizer, refusalText } from './authorization/authorizer.ts';
export { CLUSTER_POLICY } from './authorization/cluster-policy.ts';
export { CLUSTER_ROLES } from './authorization/cluster-roles.ts';
export { nodeOfUser, podUses } from './authorization/node-access.ts';
export type { NodeBelongings } from './authorization/node-access.ts';
export type { PolicyRule } from './authorization/policy-rule.ts';
export { CERTIFICATE_ROLES, roleGroup } from './authorization/policy.ts';
export type { CertificateRole, PolicyBinding, PolicySource, RoleReference } from './authorization/policy.ts';
export { AUTHENTICATED_GROUP, MASTERS_GROUP, serviceAccountOf, serviceAccountUser } from './authorization/user-info.ts';
export type { UserInfo } from './authorization/user-info.ts';
export { chooseContainer } from './streaming/choose-container.ts';
export type { ChosenContainer } from './streaming/choose-container.ts';
export { nodeUnreachableStatus, refusedByNodeStatus, upgradeRequiredStatus } from './streaming/node-statuses.ts';
export type { NodeRefusal } from './streaming/node-statuses.ts';
export { parsePodLogOptions } from './streaming/pod-log-options.ts';
export type { ParsedPodLogOptions, PodLogOptions } from './streaming/pod-log-options.ts';
export { parseProxyPath, parseProxyTarget, proxyPort } from './streaming/proxy-path.ts';
export type { ParsedProxyTarget, ProxyPath, ProxyTarget } from './streaming/proxy-path.ts';
export { isFlagSet } from './streaming/query-values.ts';
export type { QueryValues } from './streaming/query-values.ts';
export { CHANNELS, channelMessage, chooseChannelProtocol, endText, namedProtocols, readChannelMessage } from './streaming/channel-protocol.ts';
export type { ChannelMessage, ChannelProtocol } from './streaming/channel-protocol.ts';
export { chooseReaderProtocol } from './streaming/reader-protocol.ts';
export type { ReaderProtocol } from './streaming/reader-protocol.ts';
export { exitStatus, streamFailureStatus } from './streaming/stream-status.ts';
export type { StreamStatus } from './streaming/stream-status.ts';
export { parseTerminalOptions } from './streaming/terminal-options.ts';
export type { ParsedTerminalOptions, TerminalOptions } from './streaming/terminal-options.ts';
export { SpdyError } from './streaming/spdy/header-block.ts';
export type { SpdyHeaders } from './streaming/spdy/header-block.ts';
export { dataFrame, goAwayFrame, pingFrame, RESET, resetFrame, SpdyReader, SpdyWriter } from './streaming/spdy/spdy-frames.ts';
export type { SpdyFrame } from './streaming/spdy/spdy-frames.ts';
export { chooseStreamProtocol } from './streaming/stream-protocol.ts';
export type { StreamProtocol } from './streaming/stream-protocol.ts';
export { metricsList, nodeMetrics, podMetrics } from './usage/metrics.ts';
export type { MeasuredNode, MeasuredPod, MeasuredUse, MeasuredWindow } from './usage/metrics.ts';
