/** The audit log: its records, its seals, and how they are checked. */

export * from "./audit/AuditLog.ts"
export * from "./audit/AuditRecord.ts"
export * from "./audit/asking.ts"
export * from "./audit/auditOperations.ts"
export * from "./audit/canonicalEvent.ts"
export * from "./audit/denials.ts"
export * from "./audit/entries.ts"
export * from "./audit/exportAudit.ts"
export * from "./audit/Seal.ts"
export * from "./audit/sender.ts"
export * from "./audit/verify.ts"
export { layerSealer, type SealerOptions, sealAll, sealerCursor } from "./events/sealing/sealer.ts"
