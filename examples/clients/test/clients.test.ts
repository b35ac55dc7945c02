/**
 * Each client runs against a real server. The packages of the Python client are fetched once, into a cache
 * folder. Where a toolchain cannot be had, the test is skipped with the reason.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
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

/** Runs a command that a client needs; why that failed, or undefined. */
const whyNot = async (
  command: string,
  args: ReadonlyArray<string>,
  cwd = folder
): Promise<string | undefined> => {
  const ended = await run(command, args, cwd).catch(({ message }) => ({ code: 1, text: message }))
  return ended.code === 0
    ? undefined
    : `${command} ${args.join(" ")}: ${ended.text.trim().split("\n").at(-1)}`
}

/** Where the packages of the Python client are. */
const venv = fileURLToPath(
  new URL("../../../node_modules/.cache/grpc-client-python", import.meta.url)
)

const fetchPackages = async (): Promise<string | undefined> => {
  if (existsSync(join(venv, "fetched"))) return undefined
  mkdirSync(dirname(venv), { recursive: true })
  const why =
    (await whyNot("python3", ["-m", "venv", venv])) ??
    (await whyNot(
      join(venv, "bin", "pip"),
      ["install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"],
      `${folder}python`
    ))
  if (why === undefined) mkdirSync(join(venv, "fetched"))
  return why
}

const clients = [
  {
    language: "TypeScript",
    command: process.execPath,
    args: ["--conditions=@holdfast/source", "src/client.ts"],
    cwd: folder,
    whyNot: async () => undefined,
    refused: /refused FAILED_PRECONDITION/
  },
  {
    language: "Python",
    command: join(venv, "bin", "python"),
    args: ["client.py"],
    cwd: `${folder}python`,
    whyNot: fetchPackages,
    refused: /refused FAILED_PRECONDITION INSUFFICIENT_STOCK .*mug/
  },
  {
    language: "Go",
    command: "go",
    args: ["run", "."],
    cwd: `${folder}go`,
    whyNot: () => whyNot("go", ["build", "-o", "/dev/null", "."], `${folder}go`),
    refused: /refused FailedPrecondition INSUFFICIENT_STOCK/
  }
]

for (const { args, command, cwd, language, refused, whyNot } of clients) {
  it(`the ${language} client reserves once, however often it runs, and reads why it is refused`, async ({
    skip
  }) => {
    const missing = await whyNot()
    if (missing !== undefined) {
      console.warn(`SKIPPED the ${language} client: ${missing}`)
      skip(missing)
    }
    for (const _run of [1, 2]) {
      const { code, text } = await run(command, [...args, address, "mug", `of-${language}`], cwd)
      expect(text).toMatch(/reserved 1/)
      expect(text).toMatch(refused)
      expect(code).toBe(0)
    }
  }, 240_000)
}
