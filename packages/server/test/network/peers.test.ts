/** A catalog and an inventory in two processes, which ask each other over TLS with certificates. */
import { type Authority, makeAuthority } from "@holdfast/test-servers"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, post } from "../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"
import { type CertificateFolder, certificateFolder, localNames } from "./tls/certificateFolder.ts"
import { overHttp1 } from "./tls/tlsClients.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const san = "URI:spiffe://shop.example/catalog"

let authority: Authority
let folder: CertificateFolder
let inventory: ServerProcess
const admin = async () => ({ ca: authority.pem, ...(await authority.issue({ usage: "client" })) })
const tlsFlags = () => [
  ...["--tls-cert", folder.at("inventory.pem"), "--tls-key", folder.at("inventory.key")],
  ...["--tls-client-ca", folder.at("ca.pem")]
]
const peerFlags = (name = "catalog") => [
  ...["--peer-ca", folder.at("ca.pem")],
  ...["--peer-cert", folder.at(`${name}.pem`), "--peer-key", folder.at(`${name}.key`)]
]
beforeAll(async () => {
  authority = await makeAuthority({ until: 60 * 24 * 60 })
  folder = certificateFolder()
  folder.put("ca.pem", authority.pem)
  folder.putBoth("inventory", await authority.issue({ names: localNames, usage: "server" }))
  folder.putBoth("catalog", await authority.issue({ names: [san], usage: "client" }))
  inventory = await startServer([
    ...["--memory", "--service", "inventory", "--log-level", "debug"],
    ...tlsFlags()
  ])
  const body = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 7 }
  const url = `${inventory.url}/api/skus`
  expect((await overHttp1(url, await admin(), { method: "POST", body })).status).toBe(201)
})
afterAll(async () => {
  await inventory[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const product = {
  ...{ name: "Mug", type: "NORMAL", status: "ACTIVE", allowUnknownSkus: true },
  options: [
    {
      name: "Blue",
      price: { amount: "9.90", currency: "EUR" },
      skuMappings: [{ skuId: "mug", quantity: 1 }]
    }
  ]
}

/** Starts a catalog that asks the inventory, and makes a product in it; where it is. */
const startCatalog = (flags: ReadonlyArray<string>, url = inventory.url) =>
  startServer(["--memory", "--service", "product", "--inventory-url", url, ...flags])

/** What a product page of a catalog says about stock. */
const stockShown = async (catalog: ServerProcess): Promise<string> => {
  const made = await post(catalog.url, "/api/products", product)
  expect(made.status).toBe(201)
  const page = await get(catalog.url, `/api/products/${made.body.id}`)
  expect(page.status).toBe(200)
  return page.body.stockStatus[0].status
}

it("asks over TLS 1.3, and the inventory sees the name in the catalog's certificate", async () => {
  await using catalog = await startCatalog(peerFlags())
  expect(await stockShown(catalog)).toBe("known")
  const accepted = inventory
    .log()
    .split("\n")
    .filter((line) => line.includes(san))
    .map((line) => JSON.parse(line))
  expect(accepted[0]).toMatchObject({
    message: "a TLS connection was accepted",
    tlsVersion: "TLSv1.3",
    peer: san
  })
})

it("is looked at by doctor, with the same certificates", async () => {
  const place = ["--service", "product", "--folder", folder.at("data")]
  expect((await holdfast(["migrate", ...place])).code).toBe(0)
  const { stdout } = await holdfast([
    ...["doctor", "--json", ...place, "--inventory-url", inventory.url],
    ...peerFlags()
  ])
  const { checks } = JSON.parse(stdout) as { readonly checks: ReadonlyArray<{ name: string }> }
  const named = (name: string) => checks.find((check) => check.name === name)
  expect(named("--peer-cert")).toMatchObject({ found: expect.stringContaining(san) })
  expect(named("--peer-ca")).toMatchObject({ status: "ok" })
  expect(named("inventory")).toMatchObject({ status: "ok", found: `ready at ${inventory.url}/` })
})

it("gets nothing in the clear, nor without a certificate, nor from a server of another name", async () => {
  folder.putBoth("elsewhere", await authority.issue({ names: ["DNS:elsewhere.example"] }))
  await using other = await startServer([
    ...["--memory", "--service", "inventory"],
    ...["--tls-cert", folder.at("elsewhere.pem"), "--tls-key", folder.at("elsewhere.key")]
  ])
  const stranger = certificateFolder()
  stranger.put("ca.pem", (await makeAuthority()).pem)
  const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [[], inventory.url.replace("https:", "http:")],
    [["--peer-ca", folder.at("ca.pem")], inventory.url],
    [["--peer-ca", folder.at("ca.pem")], other.url],
    [["--peer-ca", stranger.at("ca.pem")], inventory.url]
  ]
  for (const [flags, url] of cases) {
    await using catalog = await startCatalog(flags, url)
    expect([url, flags.join(" "), await stockShown(catalog)]).toEqual([
      url,
      flags.join(" "),
      "unknown"
    ])
  }
  stranger[Symbol.dispose]()
})

it("takes a renewed certificate without a restart", async () => {
  folder.putBoth("renewed", await authority.issue({ names: [san], usage: "server" }))
  await using catalog = await startCatalog(peerFlags("renewed"))
  // A certificate for servers is none to show.
  expect(await stockShown(catalog)).toBe("unknown")
  folder.putBoth("renewed", await authority.issue({ names: [san], usage: "client" }))
  await catalog.logs("certificates were read again")
  await eventually(async () => ((await stockShown(catalog)) === "known" ? true : undefined))
})
