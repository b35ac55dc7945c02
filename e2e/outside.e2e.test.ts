/** The packed packages in a stranger's project, with the hosts and the lines of IN-YOUR-PROJECT. */
import { cpSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from "vitest"
import { drive, preload } from "./outside/drive.ts"
import { type OutsideProject, outsideProject } from "./outside/outsideProject.ts"
import { snippetsOf } from "./readmeSnippets.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 400_000, maxConcurrency: 2 })

const root = fileURLToPath(new URL("..", import.meta.url))
const page = readFileSync(join(root, "docs/IN-YOUR-PROJECT.md"), "utf8")

/** The snippet of the page that names this file. */
const snippet = (file: string): string => {
  const found = snippetsOf(page).filter(({ words }) => words.includes(file))
  if (found.length !== 1) throw new Error(`${found.length} snippets of the page are ${file}`)
  return `${found[0]?.text}\n`
}

const base = { effect: "^4.1.0", "@effect/platform-node": "^4.1.0" }
const hosts = {
  express: { express: "5.3.0" },
  "express-4": { "express-4": "npm:express@4.22.3" },
  fastify: { fastify: "5.12.8" },
  hono: { hono: "4.13.19", "@hono/node-server": "2.1.8" },
  nest: {
    "@nestjs/common": "12.5.1",
    "@nestjs/core": "12.5.1",
    "@nestjs/platform-express": "12.5.1",
    "reflect-metadata": "0.2.2",
    rxjs: "7.8.2"
  },
  "nest-fastify": { "@nestjs/platform-fastify": "12.5.0" },
  typescript: { typescript: "7.0.2", "@types/node": "24.19.2" },
  "typescript-5": { "typescript-5": "npm:typescript@5.9.3" },
  esbuild: { esbuild: "0.28.2" },
  platformatic: { "@platformatic/kafka": "2.12.1" },
  jest: { jest: "30.5.2" },
  // What of Prisma 7 brings effect 3.
  prisma: { "@prisma/config": "7.10.0" }
}
type Host = keyof typeof hosts | "npm"

let project: OutsideProject
beforeAll(async () => {
  project = await outsideProject(base, hosts)
  project.write("preload.mjs", preload)
})
afterAll(() => project?.[Symbol.dispose]())

/** A test of the hosts that it names, skipped aloud when the registry could not give one. */
const itWith = (
  needed: ReadonlyArray<Host>,
  name: string,
  test: (context: TestContext) => Promise<void>
) =>
  it(name, async (context: TestContext) => {
    for (const host of needed) {
      const why = project.whyNot(host)
      if (why !== undefined) context.skip(`no ${host}: ${why}`)
    }
    await test(context)
  })

const rightly = {
  registered: 201,
  reserved: 201,
  refused: [409, "Not enough stock"],
  checkedOut: 201,
  streamed: 200,
  broken: 400,
  checkoutRefused: [409, expect.stringMatching(/^application\/problem\+json/), "Not enough stock"],
  code: 0,
  output: ""
}

describe.concurrent("the page has a program that registers, reserves, refuses and ends", () => {
  const programs = [
    ["npm", "node.mjs"],
    ["npm", "commonjs.cjs"],
    ["express", "express.mjs"],
    ["fastify", "fastify.mjs"],
    ["hono", "hono.mjs"]
  ] as const
  for (const [host, file] of programs) {
    itWith([host], `on ${host}: ${file}`, async () => {
      project.write(file, snippet(file))
      expect(await drive(project, file)).toEqual(rightly)
    })
  }

  itWith(["express-4"], "on express 4: express.mjs", async () => {
    const text = snippet("express.mjs").replace(`from "express"`, `from "express-4"`)
    project.write("express4.mjs", text)
    expect(await drive(project, "express4.mjs")).toEqual(rightly)
  })

  const example = join(root, "examples/nest")
  const main = readFileSync(join(example, "src/main.ts"), "utf8")
  /** Compiles and drives the example, with this as its `main.ts`. */
  const runNest = async (at: string, text: string) => {
    for (const part of ["src", "tsconfig.json"]) {
      cpSync(join(example, part), join(project.folder, at, part), { recursive: true })
    }
    project.write(`${at}/src/main.ts`, text)
    const compiled = await project.run("node", "node_modules/typescript/bin/tsc", "-p", at)
    expect(compiled).toEqual({ code: 0, output: "" })
    // Nest ends by the signal, once its hooks have run.
    expect(await drive(project, `${at}/dist/main.js`)).toEqual({
      ...rightly,
      code: null,
      output: expect.stringMatching(/\[Inventory\] closed\s*$/)
    })
  }

  itWith(["nest", "typescript"], "on nest: examples/nest", async () => {
    expect(main).toContain(snippet("main.ts"))
    await runNest("nest", main)
  })

  itWith(["nest", "nest-fastify", "typescript"], "on nest with fastify", async () => {
    const adapter = `import { FastifyAdapter } from "@nestjs/platform-fastify"\n`
    const withFastify = main.replace(
      "create(ShopModule)",
      "create(ShopModule, new FastifyAdapter())"
    )
    expect(withFastify).not.toBe(main)
    await runNest("nest-fastify", adapter + withFastify)
  })

  itWith(["npm"], "as a route of Next: route.mjs", async () => {
    project.write("route.mjs", snippet("route.mjs"))
    project.write(
      "next.mjs",
      `import { GET, POST } from "./route.mjs"
      const ask = (method, path, body) => new Request("http://shop.example" + path, {
        method, headers: { "content-type": "application/json" }, body: JSON.stringify(body)
      })
      const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }
      console.log((await POST(ask("POST", "/api/skus", sku))).status)
      console.log((await GET(new Request("http://shop.example/api/inventory/cup"))).status)
      process.exit()`
    )
    expect(await project.run("node", "next.mjs")).toEqual({ code: 0, output: "201\n404\n" })
  })

  itWith(["esbuild"], "in a bundle: commonjs.cjs", async () => {
    const [, ...words] = /^npx esbuild (.*)$/m.exec(page)?.[0].split(" ").slice(1) ?? []
    project.write("commonjs.cjs", snippet("commonjs.cjs"))
    const bundled = await project.run("npx", "esbuild", ...words)
    expect(bundled).toMatchObject({ code: 0 })
    expect(await drive(project, "bundle.cjs")).toEqual(rightly)
  })
})

/** Reads the settings of the page, with some changed. */
const settings = (changed: object): string => {
  const { compilerOptions } = JSON.parse(snippet("tsconfig.json"))
  return JSON.stringify({ compilerOptions: { ...compilerOptions, ...changed }, include: ["*.ts"] })
}

const promiseDoor = `
import { createInventory, withinTransaction } from "@holdfast/adapter-pg"
import { fromPg } from "@holdfast/adapter-pg/transactions"
import { type HoldfastInventory, isHoldfastError, type Reservation } from "@holdfast/core"
import { problemFor } from "@holdfast/http"

export const reserve = async (inventory: HoldfastInventory): Promise<Reservation | undefined> => {
  try {
    const [hold] = await inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 2 }] })
    return hold
  } catch (error) {
    if (isHoldfastError(error, "SkuNotFound")) console.log(error.details.skuIds[0]?.toUpperCase())
    console.log(problemFor(error)?.status)
    return undefined
  }
}
export const client = (connection: Parameters<typeof fromPg>[0]) =>
  withinTransaction(fromPg(connection)).receive({ skuId: "mug", quantity: 1 })

const main = async () => {
  const inventory = await createInventory({ memory: true })
  await reserve(inventory)
  await inventory.close()
}
main()
// @ts-expect-error: lines are missing
export const wrong = (inventory: HoldfastInventory) => inventory.reserve({ orderId: "1" })
`

const effectDoors = `
import { kafkaPublisher } from "@holdfast/adapter-kafka"
import { layerKafkaPublisher } from "@holdfast/adapter-kafka/platformatic"
import { connectRedis, layerRedisCache } from "@holdfast/adapter-redis"
import { sendWebhooks, webhookSender } from "@holdfast/adapter-webhooks"
import { type StoreError, toPromises } from "@holdfast/core/inventory"
import { layerPglite } from "@holdfast/adapter-pg/effect"
import { webHandler } from "@holdfast/http"
import { toNodeHandler } from "@holdfast/http/node"
import type { RequestListener } from "node:http"

export const handlers = (layer: Parameters<typeof toPromises>[0]) => {
  const listener: RequestListener = toNodeHandler(layer).listener
  const answer: Promise<Response> = webHandler(layer).handler(new Request("http://a"))
  return [listener, answer, layerPglite({ memory: true })]
}
export const kafka = [kafkaPublisher, layerKafkaPublisher].map((open) => open({ brokers: ["b:9092"] }))
export const webhooks = [sendWebhooks, webhookSender({ timeoutMillis: 100 })]
export const redis = () => [connectRedis("redis://a").limiter, layerRedisCache({ host: "a" })]
export const reasonOf = (error: StoreError): string => error.reason
`

describe.concurrent("types are found", () => {
  for (const compiler of ["typescript", "typescript-5"] as const) {
    for (const moduleResolution of ["nodenext", "bundler"]) {
      itWith(["typescript", compiler], `by ${compiler} with ${moduleResolution}`, async () => {
        const at = `types-${compiler}-${moduleResolution}`
        const module = moduleResolution === "bundler" ? "esnext" : "nodenext"
        project.write(`${at}/tsconfig.json`, settings({ module, moduleResolution }))
        project.write(`${at}/promise.ts`, promiseDoor)
        project.write(`${at}/effect.ts`, effectDoors)
        const tsc = `node_modules/${compiler}/bin/tsc`
        const checked = await project.run("node", tsc, "--pretty", "false", "-p", at)
        expect(checked).toEqual({ code: 0, output: "" })
      })
    }
  }

  itWith(
    ["typescript", "typescript-5"],
    "H13 by typescript-5 with node10, and the program runs by require",
    async () => {
      const changed = { module: "commonjs", moduleResolution: "node10", noEmit: false }
      project.write("node10/tsconfig.json", settings(changed))
      project.write("node10/package.json", `{ "type": "commonjs" }`)
      project.write("node10/promise.ts", promiseDoor)
      const tsc = "node_modules/typescript-5/bin/tsc"
      const checked = await project.run("node", tsc, "--pretty", "false", "-p", "node10")
      expect(checked).toEqual({ code: 0, output: "" })
      const ran = await project.run("node", "node10/promise.js")
      expect(ran).toEqual({ code: 0, output: "MUG\n404\n" })
    }
  )
})

itWith(["jest"], "H13 Jest runs a test that opens an inventory", async () => {
  const test = (load: string) => `
    it("reserves", async () => {
      ${load}
      const inventory = await createInventory({ memory: true })
      await expect(inventory.stock("mug")).rejects.toMatchObject({ code: "SkuNotFound" })
      await inventory.close()
    }, 60_000)`
  project.write("jest/package.json", `{ "type": "commonjs", "jest": { "transform": {} } }`)
  project.write(
    "jest/shop.test.js",
    test(`const { createInventory } = require("@holdfast/adapter-pg")`)
  )
  const words = ["node_modules/jest/bin/jest.js", "--rootDir", "jest"]
  const flag = /^NODE_OPTIONS=(\S+) npx jest$/m.exec(page)?.[1] ?? "no flag"
  expect(await project.run("node", flag, ...words)).toMatchObject({ code: 0 })
  expect((await project.run("node", ...words)).output).toContain(
    "Must use import to load ES Module"
  )
})

itWith(
  ["npm", "platformatic"],
  "a publisher to Kafka waits for its broker and says so",
  async () => {
    project.write(
      "kafka.mjs",
      `import * as DateTime from "effect/DateTime"
    import * as Effect from "effect/Effect"
    for (const entry of ["", "/platformatic"]) {
      const { kafkaPublisher } = await import("@holdfast/adapter-kafka" + entry)
      const publish = Effect.flatMap(
        kafkaPublisher({ brokers: ["127.0.0.1:1"], expect: [] }),
        ({ publish }) => publish([{ eventType: "inventory.stock.updated", aggregateId: "mug",
          eventId: "e", version: 1, timestamp: DateTime.makeUnsafe(0),
          correlationId: null, traceparent: null, payloadJson: "{}" }])
      )
      const error = await Effect.runPromise(Effect.flip(Effect.scoped(publish)))
      console.log(error.isRetryable, error.message)
    }`
    )
    const line =
      "true no broker can be reached: check `brokers`, and whether the brokers are up (ECONNREFUSED)\n"
    expect(await project.run("node", "kafka.mjs")).toEqual({ code: 0, output: line + line })
  }
)

describe("H1 one copy", () => {
  itWith(
    ["prisma"],
    "of effect 4 serves all of Holdfast, beside the effect 3 of Prisma",
    async () => {
      const versions = project
        .copiesOf("effect")
        .map((at) => JSON.parse(readFileSync(join(project.folder, at, "package.json"), "utf8")))
        .map(({ version }) => String(version).split(".")[0])
      expect(versions.sort()).toEqual(["3", "4"])
      expect(project.copiesOf("@holdfast/core")).toEqual(["node_modules/@holdfast/core"])
    }
  )

  const beside = [
    ["vitest 3", { vitest: "3" }, undefined],
    ["vitest 4", { vitest: "4" }, undefined],
    ["an effect 3 of its own", { effect: "3" }, "ERESOLVE"]
  ] as const
  for (const [name, wanted, refusal] of beside) {
    const says = refusal === undefined ? "is installed" : "is refused by npm"
    itWith(["npm"], `beside ${name} ${says}`, async (context) => {
      const { code, output, why } = await project.wouldInstall(name.replaceAll(" ", "-"), wanted)
      if (why !== undefined) context.skip(`no ${name}: ${why}`)
      if (refusal === undefined) expect({ code, output }).toMatchObject({ code: 0 })
      else expect(output).toContain(refusal)
    })
  }

  itWith(["npm"], "of core: a second one is an error that names both", async () => {
    const first = join(project.folder, "node_modules/@holdfast/core")
    const second = join(project.folder, "linked/node_modules/@holdfast/core")
    cpSync(first, second, { recursive: true })
    project.write("linked/two.mjs", `import "@holdfast/core"\nimport "@holdfast/adapter-pg"\n`)
    project.write("linked/two.cjs", `require("@holdfast/adapter-pg")\nrequire("@holdfast/core")\n`)
    for (const file of ["linked/two.mjs", "linked/two.cjs"]) {
      const { code, output } = await project.run("node", file)
      expect(code).toBe(1)
      expect(output).toContain("Two copies of @holdfast/core are loaded in this process:\n")
      for (const folder of [first, second]) expect(output).toContain(`  ${folder}\n`)
    }
  })

  itWith(["npm", "platformatic"], "of each class, by whatever import", async () => {
    project.write(
      "subpaths.mjs",
      `import { readFileSync } from "node:fs"
      import { HoldfastError } from "@holdfast/core"
      import { toPromises } from "@holdfast/core/inventory"
      import * as Effect from "effect/Effect"
      import * as Layer from "effect/Layer"

      // Each context has words of its own, and some of them are the same words.
      const contexts = ["./inventory", "./catalog"]
      const shared = []
      const names = ["core", "adapter-pg", "adapter-kafka", "adapter-redis", "adapter-webhooks", "client", "grpc", "http"]
      for (const name of names) {
        const manifest = readFileSync("node_modules/@holdfast/" + name + "/package.json", "utf8")
        const subpaths = Object.keys(JSON.parse(manifest).exports)
          .filter((it) => !["./package.json", "./testing"].includes(it))
        const known = new Map()
        for (const subpath of subpaths) {
          const module = await import("@holdfast/" + name + subpath.slice(1))
          for (const [key, value] of Object.entries(module)) {
            if (typeof value !== "function" || !/^[A-Z]/.test(key)) continue
            const others = known.get(key) ?? []
            if (others.length > 0) shared.push(key)
            for (const other of others) {
              const areContexts = [subpath, other.subpath].every((it) => contexts.includes(it))
              if (other.value !== value && !areContexts) console.log(name, subpath, key)
            }
            known.set(key, [...others, { subpath, value }])
          }
        }
      }
      console.log(["StoreError", "OrderId", "KafkaPublisher"].every((it) => shared.includes(it)))
      const opened = toPromises(Layer.effectDiscard(Effect.fail({ reason: "Away" })))
      await opened.catch((error) => console.log(error instanceof HoldfastError, error.code))
      console.log(HoldfastError.name)`
    )
    const ran = await project.run("node", "subpaths.mjs")
    expect(ran).toEqual({ code: 0, output: "true\ntrue StartFailed\nHoldfastError\n" })
    const withStoreError = globSync("node_modules/@holdfast/core/dist/**/*.js", {
      cwd: project.folder
    }).filter((file) =>
      readFileSync(join(project.folder, file), "utf8").includes(`"@holdfast/core/StoreError"`)
    )
    expect(withStoreError.length).toBe(1)
  })

  itWith(
    ["npm"],
    "of the contract suites is installed without vitest, and asks for it",
    async () => {
      project.write("suites.mjs", `import "@holdfast/core/testing"`)
      const { code, output } = await project.run("node", "suites.mjs")
      expect(code).toBe(1)
      expect(output).toContain("Cannot find package '@effect/vitest'")
    }
  )
})
