/** The audit log: its records, its seals, and how they are checked. */

export * from "./audit/AuditLog.ts"
export * from "./audit/AuditRecord.ts"
export * from "./audit/asking.ts"
export * from "./audit/auditOperations.ts"
export * from "./audit/canonicalEvent.ts"
export * from "./audit/denials.ts"
export * from "./audit/entries.ts"
export * from "./audit/exportAudit.ts"
export * from "./audit/operationNames.ts"
export * from "./audit/prunable.ts"
export * from "./audit/Seal.ts"
export * from "./audit/sender.ts"
export * from "./audit/verify.ts"
export { sealerCursor } from "./events/relay/reservedCursors.ts"
export { publishSeals, sealEvent } from "./events/sealing/publishSeals.ts"
export {
  layerSealer,
  type SealableLog,
  type SealerOptions,
  sealAll
} from "./events/sealing/sealer.ts"
