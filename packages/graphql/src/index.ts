/**
 * The GraphQL API of Holdfast: every operation of core at one path, with the fields that are asked for.
 * Its types are read off the schemas of core, and it is mounted beside the REST API.
 */

export { type GraphqlOptions, graphqlDoor } from "./graphqlDoor.ts"
export { makeSchema, type Served } from "./schema/makeSchema.ts"
export type { Limits } from "./serving/Limits.ts"
