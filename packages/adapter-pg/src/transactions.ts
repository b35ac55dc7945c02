/**
 * The transactions of drivers and ORMs, each as what `withinTransaction` takes. None of these
 * packages is needed here, and no type of Effect is reachable.
 */
export { fromDrizzle } from "./drivers/fromDrizzle.ts"
export { fromKnex } from "./drivers/fromKnex.ts"
export { fromKysely } from "./drivers/fromKysely.ts"
export { fromPg } from "./drivers/fromPg.ts"
export { fromPostgresJs } from "./drivers/fromPostgresJs.ts"
export { fromPrisma } from "./drivers/fromPrisma.ts"
export { fromTypeOrm } from "./drivers/fromTypeOrm.ts"
export type * from "./transaction/HostTransaction.ts"
