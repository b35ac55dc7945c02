/** Each client runs against a real server, where its toolchain is here; else the run says loudly that it is not. */
import { spawn, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Inventory, InventoryQueries, MemoryInventory } from "@holdfast/core/inventory"
import { GrpcAddress, layerGrpcServer } from "@holdfast/grpc"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, expect, it } from "vitest"

const folder = fileURLToPath(new URL("../", import.meta.url))
const python = process.env["HOLDFAST_PYTHON"] ?? "python3"

const scope = Scope.makeUnsafe()
let address = ""

beforeAll(async () => {
  const engine = Layer.provideMerge(
    Layer.merge(Inventory.layer(), InventoryQueries.layer),
    MemoryInventory.layer
  )
  const context = await Effect.runPromise(
    Layer.buildWithScope(Layer.provideMerge(layerGrpcServer({ port: 0 }), engine), scope)
  )
  const { host, port } = Context.get(context, GrpcAddress)
  address = `${host}:${port}`
  const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 }
  await Effect.runPromise(Context.get(context, Inventory).registerSku(mug as never))
})
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

interface Output {
  readonly code: number | null
  readonly text: string
}

const run = (command: string, args: ReadonlyArray<string>, cwd: string): Promise<Output> =>
  new Promise((resolve, reject) => {
    let text = ""
    const child = spawn(command, args, { cwd })
    const hear = (chunk: Buffer) => {
      text += chunk
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, text }))
  })

/** Whether a toolchain is here, with what the client needs. */
const isHere = (command: string, args: ReadonlyArray<string>, cwd = folder): boolean =>
  spawnSync(command, args, { cwd, timeout: 100_000 }).status === 0

const clients = [
  {
    language: "TypeScript",
    command: process.execPath,
    args: ["--conditions=@holdfast/source", "src/client.ts"],
    cwd: folder,
    isMissing: false,
    refused: /refused FAILED_PRECONDITION/
  },
  {
    language: "Python",
    command: python,
    args: ["client.py"],
    cwd: `${folder}python`,
    isMissing: !isHere(python, ["-c", "import grpc, grpc_reflection, google.rpc"]),
    refused: /refused FAILED_PRECONDITION INSUFFICIENT_STOCK .*mug/
  },
  {
    language: "Go",
    command: "go",
    args: ["run", "."],
    cwd: `${folder}go`,
    isMissing: !isHere("go", ["build", "-o", "/dev/null", "."], `${folder}go`),
    refused: /refused FailedPrecondition INSUFFICIENT_STOCK/
  }
]

for (const { args, command, cwd, isMissing, language, refused } of clients) {
  if (isMissing) {
    console.warn(
      `SKIPPED: the ${language} client, since its toolchain or its packages are not here`
    )
  }
  it.skipIf(isMissing)(
    `the ${language} client reserves once, however often it runs, and reads why it is refused`,
    async () => {
      for (const _run of [1, 2]) {
        const { code, text } = await run(command, [...args, address, "mug", `of-${language}`], cwd)
        expect(text).toMatch(/reserved 1/)
        expect(text).toMatch(refused)
        expect(code).toBe(0)
      }
    },
    240_000
  )
}
