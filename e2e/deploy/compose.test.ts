/** The composition: there is no engine here to bring it up, so it is read and held against what it names. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it, vi } from "vitest"
import { parse } from "yaml"
import { holdfast } from "../../packages/server/test/ServerProcess.ts"
import { type Resource, textOf } from "./manifests.ts"

vi.setConfig({ testTimeout: 120_000 })

const text = textOf("deploy/compose/compose.yaml")
const { configs, services, volumes } = parse(text, { merge: true })
const all: ReadonlyArray<readonly [string, Resource]> = Object.entries(services)
const ours = all.filter(([, { image }]) => image === "holdfast:local")

it("has both services, each with a primary and a standby that it reads from", () => {
  for (const name of ["product", "inventory"]) {
    const { environment } = services[name]
    expect(environment.HOLDFAST_SERVICE).toBe(name)
    expect(environment.HOLDFAST_DATABASE).toContain(`@${name}-primary/`)
    expect(environment.HOLDFAST_DATABASE_REPLICA).toContain(`@${name}-standby/`)
    expect(services[`${name}-standby`].environment.PRIMARY).toBe(`${name}-primary`)
    expect(services[`${name}-migration`].environment.HOLDFAST_SERVICE).toBe(name)
    expect(environment.HOLDFAST_MIGRATE).toBe("false")
  }
  expect(services.product.environment.HOLDFAST_INVENTORY_URL).toBe("http://inventory:3000")
  expect(services.inventory.environment.HOLDFAST_CATALOG_URL).toBe("http://product:3000")
})

it("sets only variables that the command knows", async () => {
  expect(ours).toHaveLength(4)
  for (const [, { command, environment }] of ours) {
    const { stdout } = await holdfast([...command, "--help"])
    const unknown = Object.keys(environment).filter((name) => !stdout.includes(`[${name}]`))
    expect(unknown).toEqual([])
  }
})

it("keeps to what it has: what is waited for, kept, copied in and asked of the reader", () => {
  const example = readFileSync(
    fileURLToPath(new URL("../../deploy/compose/.env.example", import.meta.url)),
    "utf8"
  )
  for (const [name, service] of all) {
    for (const other of Object.keys(service.depends_on ?? {}))
      expect(services).toHaveProperty(other)
    for (const volume of service.volumes ?? []) {
      expect(volumes).toHaveProperty([String(volume).split(":")[0] ?? ""])
    }
    for (const { source } of service.configs ?? []) expect(configs).toHaveProperty(source)
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(`${name} ${service.image}`).toMatch(/:[\w.-]+$/)
    expect(service.image).not.toMatch(/:latest$/)
    expect(service.restart).toBeDefined()
    if (name.endsWith("-migration")) continue
    // The image brings its own for ours.
    expect(service.healthcheck !== undefined || ours.some(([own]) => own === name)).toBe(true)
    expect(service.mem_limit).toBeDefined()
  }
  for (const [, name = ""] of text.matchAll(/(?<!\$)\$\{(\w+)/g)) {
    expect(example).toMatch(new RegExp(`^${name}=.+$`, "m"))
  }
})

it("runs our containers as the image promises that they can be", () => {
  for (const [, service] of ours) {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      tmpfs: ["/tmp"]
    })
  }
  for (const name of ["product", "inventory"]) expect(services[name].stop_grace_period).toBe("45s")
})
