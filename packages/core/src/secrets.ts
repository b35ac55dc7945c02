/** Keys that encrypt what is sensitive, for the author of a store or a server. */

export * from "./secrets/KeyRing.ts"
export * from "./secrets/KeyUsage.ts"
export * from "./secrets/readKeyRing.ts"
export * from "./secrets/rotation.ts"
