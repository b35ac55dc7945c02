/**
 * The REST API of Holdfast: its routes as a layer, a web handler to mount in any host, and a typed
 * client. Which store stands behind it is the host's choice; no adapter is imported here.
 */

export {
  type Bucket,
  type RateDecision,
  type RateLimit,
  type RateLimiter,
  takeToken
} from "@holdfast/core/access"
export type { AccessLogOptions } from "@holdfast/core/tracing"
export { type Authenticator, Unauthenticated } from "./access/Authenticator.ts"
export { cartHeader } from "./access/cartHeader.ts"
export {
  asyncApiDocument,
  type EventPlaces,
  type KafkaTopics
} from "./asyncapi/asyncApiDocument.ts"
export { recordedOperations } from "./audit/recordedOperations.ts"
export type { Compress, Compressors } from "./caching/compressors.ts"
export { KeptAnswers, type KeptAnswersOptions } from "./caching/kept/KeptAnswers.ts"
export { type HoldfastClient, makeClient } from "./client/HoldfastClient.ts"
export type { RemoteOptions } from "./client/remote.ts"
export { layerRemoteCatalog } from "./client/remoteCatalog.ts"
export { layerRemoteInventory } from "./client/remoteInventory.ts"
export type {
  Admitted,
  DeniedOperation,
  DoorHandler,
  DoorHost,
  HttpDoor
} from "./doors/HttpDoor.ts"
export type { Followed } from "./events/beginStream.ts"
export type { EventFeed, FedEvent } from "./events/EventFeed.ts"
export { messageId, type Place, placeOf } from "./events/serverSentEvents.ts"
export { HoldfastApi } from "./HoldfastApi.ts"
export type { HealthCheck } from "./health/HealthCheck.ts"
export type { HttpOptions, MountOptions, WebhookOptions } from "./kit/HttpOptions.ts"
export { type Problem, problemContentType, problemType } from "./kit/Problem.ts"
export { rawProblem } from "./kit/rawProblem.ts"
export { layerRedactedNames } from "./kit/redactedNames.ts"
export { routerConfig } from "./kit/serving/knownRoutes.ts"
export { requestIdOf } from "./kit/serving/requestId.ts"
export { type PlainAnswer, refusedAnswer, startingAnswer } from "./kit/startingAnswer.ts"
export type { LimitOptions, ReadsAndWrites } from "./limits/LimitOptions.ts"
export { type ErrorAnswer, problemFor } from "./problemFor.ts"
export { layerCatalogServer, layerRoutes, layerServer } from "./routes.ts"
export { type WebHandler, webHandler } from "./webHandler.ts"
export { notFromLoopback, notToLoopback, sentByStrangePage } from "./webhooks/fromLoopback.ts"
