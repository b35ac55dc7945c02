/** The composition: there is no engine here to bring it up, so it is read and held against what it names. */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it, vi } from "vitest"
import { parse } from "yaml"
import { holdfast } from "../../packages/server/test/ServerProcess.ts"
import { type Resource, textOf } from "./manifests.ts"

vi.setConfig({ testTimeout: 120_000 })

const folder = fileURLToPath(new URL("../../deploy/compose/", import.meta.url))
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
    // Those of OpenTelemetry are a standard's, and read by it.
    const own = Object.keys(environment).filter((name) => !name.startsWith("OTEL_"))
    const unknown = own.filter((name) => !stdout.includes(`[${name}]`))
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
      const [kept = ""] = String(volume).split(":")
      // A file of the repository, or a volume.
      if (kept.startsWith(".")) expect([kept, existsSync(`${folder}${kept}`)]).toEqual([kept, true])
      else expect(volumes).toHaveProperty([kept])
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

it("has Kong before both services, and Prometheus and traces beside them", () => {
  const { environment, depends_on: waits } = services.kong
  expect([environment.KONG_DATABASE, environment.KONG_ADMIN_LISTEN]).toEqual(["off", "off"])
  expect(Object.keys(waits)).toEqual(["product", "inventory"])
  const kong = parse(textOf("deploy/compose/kong.yaml"))
  for (const { host, port } of kong.services) {
    expect(services).toHaveProperty(host)
    expect([3000, 3001]).toContain(port)
  }
  const asked = parse(configs.prometheus.content).scrape_configs
  const [{ targets }] = asked[0].static_configs
  for (const target of targets) {
    const [name, port] = target.split(":")
    expect(services[name].environment.HOLDFAST_METRICS_PORT).toBe(port)
    const { hostname, port: sent } = new URL(services[name].environment.OTEL_EXPORTER_OTLP_ENDPOINT)
    expect([services[hostname].image.includes("collector"), sent]).toEqual([true, "4318"])
  }
})
