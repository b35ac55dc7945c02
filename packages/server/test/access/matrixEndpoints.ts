// The endpoints of the REST API with an input of each, and the requests that are made of them.
import type { PermittedOperation } from "@holdfast/core/access"
import { importOperations } from "@holdfast/core/exchange"
import * as HttpApi from "effect/http-api/HttpApi"
import { permissionOf } from "../../../http/src/access/routePermissions.ts"
import { HoldfastApi } from "../../../http/src/HoldfastApi.ts"
import { askerHeader } from "../../../http/test/access/askers.ts"
import { type MakeInput, ofCatalog, ofInventory } from "../../../http/test/access/inputs.ts"
import type { World } from "../../../http/test/access/world.ts"

/** An endpoint, its operation, and how its input is made. */
export interface Endpoint {
  readonly group: string
  readonly endpoint: string
  readonly method: string
  readonly path: string
  readonly operation: PermittedOperation
  readonly make: MakeInput
}

const made = new WeakMap<World, string>()

const webhookInput: MakeInput = async ({ fresh, world }) => {
  const webhookId = made.get(world) ?? (await newWebhook(world, "https://shop.example/first"))
  made.set(world, webhookId)
  return { webhookId, description: fresh("webhook") }
}

const newWebhook = async (world: World, url: string): Promise<string> => {
  const root = JSON.stringify({ id: "root", kind: "USER", roles: ["ADMIN"] })
  const headers = { "content-type": "application/json", [askerHeader]: root }
  const sent = { method: "POST", headers, body: JSON.stringify({ url }) }
  const answer = await world.fetch(new Request("http://shop.test/api/webhooks", sent))
  return ((await answer.json()) as { readonly webhookId: string }).webhookId
}

const ofWebhook: MakeInput = async (of) => ({
  webhookId: ((await webhookInput(of)) as { readonly webhookId: string }).webhookId
})

const webhookInputs: Readonly<Record<string, MakeInput>> = {
  createWebhook: ({ fresh }) => ({ url: `https://shop.example/${fresh("hook")}` }),
  updateWebhook: webhookInput,
  deleteWebhook: async ({ fresh, world }) => ({
    webhookId: await newWebhook(world, `https://shop.example/${fresh("gone")}`)
  }),
  webhooks: () => ({}),
  replayWebhook: async (of) => ({ ...(await ofWebhook(of)), after: 0 }),
  redeliverToWebhook: async (of) => ({ ...(await ofWebhook(of)), positions: [1] })
}

const importId = "00000000-0000-4000-8000-000000000001"

const inputFor = (group: string, name: string): MakeInput => {
  if (group === "webhooks") return webhookInputs[name] ?? ofWebhook
  if (group === "health" || group === "audit") return () => ({})
  if (group === "history") return ofInventory["sku"] as MakeInput
  const inCatalog = ["products", "options", "categories", "attributes"].includes(group)
  const make = (inCatalog ? ofCatalog : ofInventory)[name]
  return make ?? (() => ({}))
}

/** Every endpoint of the API; that of imports once for each kind of file. */
export const endpoints = (): ReadonlyArray<Endpoint> => {
  const all: Array<Endpoint> = []
  HttpApi.reflect(HoldfastApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { identifier, method, path }, group }) => {
      const operation = permissionOf(group.identifier, identifier)
      const one = { group: group.identifier, endpoint: identifier, method, path, operation }
      if (group.identifier !== "imports") {
        all.push({ ...one, make: inputFor(group.identifier, operation.name) })
      } else if (identifier !== "bring") {
        // That of a file of stock: who may not bring it may not ask after it.
        const { permission } = importOperations.importStock
        const row = { name: operation.name, permission }
        all.push({ ...one, operation: row, make: () => ({ importId }) })
      } else {
        const rows = { products: "importProducts", categories: "importCategories" } as const
        const others = { skus: "importSkus", stock: "importStock" } as const
        for (const [kind, name] of Object.entries({ ...rows, ...others })) {
          const { permission } = importOperations[name]
          all.push({ ...one, operation: { name, permission }, make: () => ({ kind }) })
        }
      }
    }
  })
  return all
}

/** The request of an endpoint: what its path names comes from the input, and so does the rest. */
export const requestOf = (
  method: string,
  template: string,
  input: Readonly<Record<string, unknown>>,
  endpoint: string
): Request => {
  const rest = new Map(Object.entries(input))
  const path = template.replace(/:(\w+)/g, (_, name: string) => {
    const value = rest.get(name)
    rest.delete(name)
    return encodeURIComponent(String(value))
  })
  const url = new URL(path, "http://shop.test")
  if (endpoint === "imports.bring") {
    return new Request(url, {
      method,
      headers: { "content-type": "text/csv" },
      body: "code\nMUG\n"
    })
  }
  const fields = Object.fromEntries(rest)
  if (method === "GET" || method === "DELETE") {
    for (const [name, value] of rest) {
      for (const one of [value].flat()) url.searchParams.append(name, String(one))
    }
    return new Request(url, { method })
  }
  const isOneLine = endpoint === "reservations.reserve"
  const [line] = isOneLine ? (fields["lines"] as ReadonlyArray<object>) : []
  const body = isOneLine ? { orderId: fields["orderId"], ...line } : fields
  if (endpoint === "carts.create") return new Request(url, { method })
  const { cartToken, ...others } = body as { readonly cartToken?: string }
  const headers = {
    "content-type": "application/json",
    ...(cartToken === undefined ? {} : { "holdfast-cart": cartToken })
  }
  return new Request(url, { method, headers, body: JSON.stringify(others) })
}
