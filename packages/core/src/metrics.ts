/** What is counted and measured: instruments that any Effect program can read, and readings now and then. */

export { durationBuckets, limitsHit } from "./metrics/batchMeter.ts"
export * from "./metrics/Meter.ts"
export * from "./metrics/readings.ts"
