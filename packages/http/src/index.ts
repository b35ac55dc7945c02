/**
 * The REST API of Holdfast: its routes as a layer, a web handler to mount in any host, and a typed
 * client. Which store stands behind it is the host's choice; no adapter is imported here.
 */
export { HoldfastApi } from "./api/HoldfastApi.ts"
export { type HoldfastClient, makeClient } from "./client/HoldfastClient.ts"
export { type Problem, problemContentType, problemType } from "./Problem.ts"
export type { HttpOptions } from "./server/HttpOptions.ts"
export { routerConfig } from "./server/knownRoutes.ts"
export { rawProblem } from "./server/rawProblem.ts"
export { layerRoutes, layerServer } from "./server/routes.ts"
export { type PlainAnswer, startingAnswer } from "./server/startingAnswer.ts"
export { type WebHandler, webHandler } from "./webHandler.ts"
