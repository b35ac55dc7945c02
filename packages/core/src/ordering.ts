/**
 * The order flow for applications of Effect: the events about orders that come in, and the service
 * that makes commands of the inventory of them.
 */

export * from "./memory/ordering/MemoryParkedEvents.ts"
export * from "./ordering/OrderEvent.ts"
export * from "./ordering/OrderFlow.ts"
export { orderFlowOperations } from "./ordering/orderFlowOperations.ts"
export * from "./ordering/ParkedOrderEvents.ts"
