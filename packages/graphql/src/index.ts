export { makeSchema } from "./schema/makeSchema.ts"
