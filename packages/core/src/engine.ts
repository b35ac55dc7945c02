/**
 * The machinery that every context runs on, for the author of another context or adapter: a domain
 * brings its commands and decisions, a store its rows, and the engine does the rest.
 */

export { layerDigest } from "./access/layerDigest.ts"
export * from "./engine/BatchStore.ts"
export * from "./engine/CommandIds.ts"
export * from "./engine/commandService.ts"
export * from "./engine/Domain.ts"
export * from "./engine/foldRequests.ts"
export * from "./engine/hostLog.ts"
export * from "./engine/methods/DayCounts.ts"
export * from "./engine/methods/MayLag.ts"
export * from "./engine/methods/managementRecords.ts"
export * from "./engine/methods/remembered.ts"
export * from "./engine/Request.ts"
export * from "./engine/RequestCaller.ts"
export * from "./engine/RequestOptions.ts"
export * from "./events/EventLog.ts"
export * from "./kernel/DomainEvent.ts"
export * from "./kernel/Identifier.ts"
export * as InvalidInput from "./kernel/InvalidInput.ts"
export type * from "./kernel/ManagementRecord.ts"
export {
  type Days,
  type RankingQuery,
  reportDayBefore,
  reportDaysDefault,
  reportDaysMax,
  reportSizeDefault
} from "./kernel/Page.ts"
export * from "./kernel/Receipt.ts"
export * from "./kernel/StoreError.ts"
export * from "./memory/engine/KeptAnswers.ts"
export * from "./memory/engine/MemoryEventLog.ts"
export * from "./memory/engine/memoryBatchStore.ts"
export { steadyMillis, steadyMillisNow } from "./metrics/steadyMillis.ts"
export {
  type DoorError,
  type ErrorGuard,
  type ErrorOf,
  errorGuard
} from "./promise/engine/DoorError.ts"
export { methodsToPromises, type PromisedMethod } from "./promise/engine/methodsToPromises.ts"
