/** The REST API for hosts that speak Node's own requests: `node:http`, Express, Fastify, Nest. */
export { answerKept } from "./answerKept.ts"
export { type NodeHandler, toNodeHandler } from "./toNodeHandler.ts"
