import { printSchema, validateSchema } from "graphql"
import { makeSchema } from "../src/index.ts"
const s = makeSchema({ inventory: true, catalog: true })
console.log(validateSchema(s).map((e) => e.message))
console.log(printSchema(s))
