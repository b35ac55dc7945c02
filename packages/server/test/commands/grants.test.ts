/**
 * What `migrate --grants` writes: a server under that role serves everything, and the role can neither
 * change the schema nor rewrite what has happened. The suite of whole shops runs under it too
 * (`e2e/arrangements.e2e.test.ts`).
 */
import { runOn } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { get, post, registerSku, reserve, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { type LeastRole, leastRole } from "./leastRole.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describePostgres(18, "a role with the least rights", () => {
  let least: LeastRole
  beforeAll(async () => {
    least = await leastRole()
  })
  afterAll(() => least.drop())

  it("has rights on every table, each of them named", async () => {
    const rows = await runOn(
      least.ownerUrl,
      `select n.nspname || '.' || c.relname as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('inventory', 'catalog', 'access') and c.relkind in ('r', 'p')
         and not c.relispartition`
    )
    const tables = rows.map(({ name }) => name as string)
    expect(tables.length).toBeGreaterThan(30)
    expect(tables.filter((table) => !least.granted.has(table))).toEqual([])
  })

  it("gets the same rights from a migration that is told its name, all or none", async () => {
    const acls = () =>
      runOn(
        least.ownerUrl,
        `select n.nspname || '.' || c.relname as name, c.relacl::text as rights, n.nspacl::text as uses
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('inventory', 'catalog', 'access') order by 1`
      )
    const before = await acls()
    await runOn(least.ownerUrl, `revoke all on all tables in schema inventory from ${least.role}`)
    expect(await acls()).not.toEqual(before)
    const onOwner = (...args: ReadonlyArray<string>) =>
      holdfast(["migrate", "--database", least.ownerUrl, ...args])
    const told = await onOwner("--serving-role", least.role)
    expect([told.code, told.stderr]).toEqual([0, ""])
    expect(told.stdout).toContain(`${least.role} may serve, and do nothing else\n`)
    expect(await acls()).toEqual(before)
    const nobody = await onOwner("--serving-role", "nobody_here")
    expect([nobody.code, nobody.stderr]).toEqual([
      1,
      expect.stringContaining("the rights could not be granted, and are unchanged")
    ])
    const both = await onOwner("--serving-role", least.role, "--grants", least.role)
    expect([both.code, both.stderr]).toEqual([
      2,
      "holdfast: --grants and --serving-role: give one of them\n"
    ])
    expect(await acls()).toEqual(before)
  })

  it("serves: stock, orders, products, imports, webhooks and upkeep, without a right that is missing", async () => {
    await using server = await startServer([
      ...["--database", least.url, "--no-migrate", "--demo", "--webhook-allow", "private,http"]
    ])
    const { url } = server
    await registerSku(url, "mug", 50)
    expect((await reserve(url, "mug", "order-1", 2, "key-1")).status).toBe(201)
    expect(
      (await reserve(url, "mug", "order-1", 2, "key-1")).headers.get("idempotent-replayed")
    ).toBe("true")
    const order = "/api/inventory/orders/order-1"
    const steps = [
      await post(url, `${order}/confirm`),
      await post(url, `${order}/fulfill`),
      await post(url, "/api/inventory/mug/return", { quantity: 1, orderId: "order-1" }),
      await post(url, "/api/inventory/mug/receive", { quantity: 5 }),
      await post(url, "/api/inventory/mug/count", { countedQuantity: 40 }),
      await post(url, "/api/inventory/mug/adjust", { quantity: -1, reason: "broken" }),
      await post(url, "/api/inventory/locations", { locationId: "annex", name: "Annex" }),
      await send(url, "PATCH", "/api/skus/mug", { name: "A mug" }),
      await send(url, "PUT", "/api/inventory/orders/placed", {
        lines: [{ skuId: "mug", quantity: 1 }]
      }),
      await post(url, "/api/categories", { name: "Cups" }),
      await post(url, "/api/product-attributes", { code: "color", name: "Color", kind: "TEXT" }),
      await post(url, "/api/webhooks", { url: "http://127.0.0.1:9/hook" })
    ]
    const wrong = steps.filter(({ status }) => status >= 500 || status === 400)
    expect(wrong.map(({ body, status }) => [status, body])).toEqual([])
    const made = await post(url, "/api/products", {
      ...{ name: "Mug", type: "NORMAL", status: "ACTIVE" },
      options: [
        {
          name: "Blue",
          price: { amount: "9.90", currency: "EUR" },
          skuMappings: [{ skuId: "mug", quantity: 1 }]
        }
      ]
    })
    expect(made.status).toBe(201)
    const product = `/api/products/${made.body.id}`
    expect((await send(url, "PATCH", product, { name: "Cup" })).status).toBe(200)
    expect((await send(url, "DELETE", product)).status).toBeLessThan(300)
    expect((await get(url, "/api/events?context=catalog")).status).toBe(200)
    // What goes on by itself: the sweeper, upkeep, the follower of stock and the sender of webhooks.
    const held = await post(url, "/api/inventory/reservations", {
      ...{ skuId: "mug", quantity: 1, orderId: "lapses", ttl: 1 }
    })
    expect(held.status).toBe(201)
    await vi.waitUntil(
      async () =>
        (await get(url, `/api/inventory/reservations/${held.body.id}`)).body.status === "EXPIRED",
      { timeout: 60_000 }
    )
    // Every change has its record, and the records are sealed.
    await vi.waitUntil(
      async () => {
        const [row] = await runOn(
          least.ownerUrl,
          `select (select count(*) from inventory.audit)::int4 as records,
             (select count(*) from inventory.seals)::int4 as seals`
        )
        return Number(row?.["records"]) > 5 && Number(row?.["seals"]) > 0
      },
      { timeout: 60_000 }
    )
    expect(server.log()).not.toMatch(/permission denied|42501/)
    expect((await server.stop()).code).toBe(0)
  })

  it("knows the keys of services, and notes when they are used", async () => {
    const made = await holdfast([
      ...["keys", "create", "--json", "--database", least.ownerUrl],
      ...["--name", "checkout", "--scopes", "stock:read"]
    ])
    expect(made.code).toBe(0)
    const { key } = JSON.parse(made.stdout) as { readonly key: string }
    await using server = await startServer([
      ...["--database", least.url, "--no-migrate", "--auth", "keys"]
    ])
    const asked = await send(server.url, "GET", "/api/inventory/nothing", undefined, {
      authorization: `Bearer ${key}`
    })
    expect(asked.status).toBe(404)
    expect((await get(server.url, "/api/inventory/nothing")).status).toBe(401)
    expect((await server.stop()).code).toBe(0)
    expect(server.log()).not.toMatch(/permission denied|42501/)
    const [row] = await runOn(
      least.ownerUrl,
      "select count(*)::int4 as n from access.api_keys where last_used_at is not null"
    )
    expect(row).toEqual({ n: 1 })
  })

  it("runs the commands of every day, and doctor finds nothing amiss", async () => {
    const at = ["--database", least.url]
    for (const command of [
      ["expire", ...at],
      ["reconcile", ...at],
      ["events", "cursors", ...at],
      ["events", "list", ...at],
      ["doctor", ...at]
    ]) {
      const { code, stderr, stdout } = await holdfast(command)
      expect([command[0], code, stderr]).toEqual([
        command[0],
        0,
        expect.not.stringContaining("denied")
      ])
      if (command[0] === "doctor") expect(stdout).not.toMatch(/^fail/m)
    }
  })

  it("cannot change the schema, nor what has happened, nor hand on its rights", async () => {
    const refused = [
      "update inventory.events set payload = '{}'",
      "delete from inventory.events",
      "truncate inventory.events",
      "update catalog.events set payload = '{}'",
      "delete from catalog.events",
      "truncate catalog.events",
      "update inventory.audit set record = '{}'",
      "delete from inventory.audit",
      "truncate inventory.audit",
      "update catalog.seals set digest = ''",
      "delete from catalog.seals",
      "delete from catalog.audit_private",
      "select setval('catalog.audit_positions', 1)",
      "update inventory.stock_movements set quantity = 0",
      "delete from inventory.stock_movements",
      "truncate inventory.stock_movements",
      "truncate inventory.reservations",
      "delete from inventory.reservations",
      "delete from inventory.inventory",
      "delete from inventory.skus",
      "insert into inventory.migrations values (999, 'x', 'x')",
      "update inventory.migrations set checksum = 'x'",
      "create table inventory.mine (id int)",
      "create schema mine",
      "create function inventory.mine() returns int language sql as 'select 1'",
      "drop table inventory.events",
      "alter table inventory.events disable trigger all",
      "alter table inventory.stock_movements add column mine int",
      "drop trigger events_append_only on inventory.events",
      "create index mine on inventory.skus (name)",
      "set session_replication_role = replica",
      "select setval('inventory.event_positions', 1)",
      "create role mine",
      `alter role ${least.role} superuser`,
      "insert into access.api_keys select * from access.api_keys",
      "update access.api_keys set revoked_at = null",
      "update access.api_keys set scopes = '{stock:write}'",
      "delete from access.api_keys",
      "copy inventory.skus to program 'true'"
    ]
    const allowed: Array<string> = []
    for (const sql of refused) {
      const outcome = await runOn(least.url, sql).then(
        () => undefined,
        (error: unknown) => JSON.stringify(error, Object.getOwnPropertyNames(Object(error)))
      )
      if (outcome === undefined) allowed.push(sql)
    }
    expect(allowed).toEqual([])
    // A right is handed on only by who may: this warns, and grants nothing.
    await runOn(least.url, "grant select on inventory.skus to public").catch(() => undefined)
    const [row] = await runOn(
      least.ownerUrl,
      "select count(*)::int4 as n from information_schema.role_table_grants where grantee = 'PUBLIC' and table_schema = 'inventory'"
    )
    expect(row).toEqual({ n: 0 })
  })

  it("is refused a start that would migrate, in one sentence", async () => {
    const { code, stderr } = await holdfast([...["serve", "--database", least.url, "--port", "0"]])
    expect(code).toBe(1)
    expect(stderr).toContain("permission denied")
  })
})

it("writes the script without a database, quotes the role, and refuses what is no name", async () => {
  const { code, stdout } = await holdfast([
    ...["migrate", "--grants", "Shop Server", "--service", "product"]
  ])
  expect(code).toBe(0)
  expect(stdout).toContain('grant usage on schema catalog to "Shop Server";')
  expect(stdout).toContain('grant select, insert on catalog.events to "Shop Server";')
  expect(stdout).not.toContain("inventory.")
  const bad = await holdfast(["migrate", "--grants", 'a"; drop table x; --'])
  expect(bad.code).toBe(2)
})
