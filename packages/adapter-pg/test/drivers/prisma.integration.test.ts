import { createRequire } from "node:module"
import { PrismaPg } from "@prisma/adapter-pg"
import { getPrismaClient } from "@prisma/client/runtime/client"
import { fromPrisma } from "../../src/transactions.ts"
import { hostDriverSuite } from "./hostDriverSuite.ts"

/** What a generated client has in a transaction, by the types of one that was generated. */
interface PrismaTransaction {
  $executeRawUnsafe(query: string, ...values: Array<unknown>): PromiseLike<number>
  $queryRawUnsafe<T = unknown>(query: string, ...values: Array<unknown>): PromiseLike<T>
}

const load = createRequire(import.meta.url)
const compiler = "@prisma/client/runtime/query_compiler_fast_bg.postgresql"

/**
 * A client as `prisma generate` writes it, here for a schema without a model. The generator itself
 * downloads an engine, which tests must not do.
 */
const PrismaClient = getPrismaClient({
  previewFeatures: [],
  clientVersion: "7.10.0",
  engineVersion: "0edf323efd1d98336f3f0a68684b56f689b900d3",
  activeProvider: "postgresql",
  inlineSchema: 'datasource db {\n  provider = "postgresql"\n}\n',
  runtimeDataModel: { models: {}, enums: {}, types: {} },
  parameterizationSchema: { strings: [], graph: "AAAA" },
  compilerWasm: {
    getRuntime: async () => load(`${compiler}.js`),
    getQueryCompilerWasmModule: () => {
      const { wasm } = load(`${compiler}.wasm-base64.js`)
      // The types of Node have no value of this name.
      return Reflect.get(globalThis, "WebAssembly").compile(Buffer.from(wasm, "base64"))
    },
    importName: "./query_compiler_fast_bg.js"
  }
})

hostDriverSuite("Prisma", (url) => {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
  return {
    transaction: (work) =>
      prisma.$transaction((tx: PrismaTransaction) =>
        work({
          host: fromPrisma(tx),
          insertOrder: (id) =>
            tx.$executeRawUnsafe("insert into orders (id, units) values ($1, 1)", id)
        })
      ),
    outside: fromPrisma(prisma),
    [Symbol.asyncDispose]: () => prisma.$disconnect()
  }
})
