/**
 * The typed client of the REST API: a method for each operation, over `fetch` alone. What it answers is
 * data, refusals too; what it throws is a call that was not answered.
 */
export type * from "./api/catalogMethods.ts"
export type * from "./api/catalogModels.ts"
export type * from "./api/inventoryMethods.ts"
export type * from "./api/inventoryModels.ts"
export type * from "./api/otherMethods.ts"
export type * from "./api/otherModels.ts"
export type * from "./api/problems.ts"
export { answerOf } from "./calling/answerOf.ts"
export { CallNotAnswered, RefusalThrown } from "./calling/errors.ts"
export type { CallOptions, ClientOptions, Result } from "./calling/options.ts"
export { type HoldfastClient, holdfastClient } from "./holdfastClient.ts"
