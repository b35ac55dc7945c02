/** What a server prints when it is up: where it is, and three lines to try next. Pure. */
import type { Role } from "@holdfast/core/access"
import * as Redacted from "effect/Redacted"
import type { Service } from "../cli/contextSettings.ts"
import { reachedAt } from "./network/reachedAt.ts"
import type { ShownByClients } from "./network/shownByClients.ts"
import type { Demo } from "./ServedContexts.ts"

/** What the welcome of a running server shows. */
export interface Welcome {
  readonly version: string
  readonly url: string
  readonly place: string
  readonly isReady: boolean
  /** The brokers that events go to, if they go to Kafka. */
  readonly kafka?: ReadonlyArray<string> | undefined
  readonly service: Service
  /** Where the other context is, when it is in another process. */
  readonly other?: URL | undefined
  readonly demo: Demo
  /** The paths of other doors. */
  readonly doors?: ReadonlyArray<string> | undefined
  /** How senders are found out, in words. */
  readonly auth: string
  /** Where gRPC is served, as `127.0.0.1:9090`; undefined when it is not. */
  readonly grpc?: string | undefined
  /** What a client has to show. */
  readonly shown: ShownByClients
  /** Where metrics are, as `http://127.0.0.1:9464/metrics`; undefined when they are not shown. */
  readonly metrics?: string | undefined
  /** Tokens to try, by their roles, if the server takes any. */
  readonly tokens?: ReadonlyMap<Role, Redacted.Redacted> | undefined
}

/**
 * What to type for the command, by the variables of a process: in a clone and under npx it is on nobody's
 * path.
 */
export const commandIn = (env: Readonly<Record<string, string | undefined>>): string => {
  if (env["npm_package_name"] === "holdfast-workspace") return "npm run -s holdfast --"
  return env["npm_command"] === "exec" ? "npx holdfast" : "holdfast"
}

/** The host that a client on this machine uses, with the port. */
export const authorityOf = (address: string, port: number): string => {
  const host = reachedAt(address)
  return `${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** The same with the scheme. */
export const urlOf = (address: string, port: number, scheme: "http" | "https" = "http"): string =>
  `${scheme}://${authorityOf(address, port)}`

const post = (url: string, body: object): string =>
  `curl ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`

const orderId = "order-1"

/** A SKU of one's own: register it, reserve it, look at it. */
const ownSku = (url: string) => {
  const skuId = "mug-blue"
  return [
    post(`${url}/api/skus`, { skuId, code: "MUG-BLUE", name: "Blue mug", initialStock: 10 }),
    post(`${url}/api/inventory/reservations`, { skuId, quantity: 2, orderId }),
    `curl ${url}/api/inventory/${skuId}`
  ]
}

/** A product of one's own, beside an inventory that may be another process. */
const ownProduct = (url: string) => {
  const price = { amount: "9.90", currency: "EUR" }
  const options = [
    { name: "Blue", price, skuMappings: [{ skuId: "mug-blue", quantity: 1 }] }
  ] as const
  const product = { name: "Mug", type: "NORMAL", status: "ACTIVE", allowUnknownSkus: true, options }
  return [
    post(`${url}/api/products`, product),
    `curl '${url}/api/products?q=mug'`,
    `curl ${url}/api/categories/tree`
  ]
}

/** A line for each other door. */
const doorLines = ({ doors = [], service, url }: Welcome): ReadonlyArray<string> => {
  const query =
    service === "inventory"
      ? "{ skus(first: 2) { nodes { name stock { availableQuantity } } } }"
      : "{ products(first: 2) { nodes { name options { name price availability { availableQuantity } } } } }"
  return doors.includes("/graphql") ? [post(`${url}/graphql`, { query })] : []
}

/** A line of `curl`, with what a client has to show. */
const showing = ({ shown }: Welcome, line: string): string =>
  line.replace(/^curl/, () => `curl${shown.curl}`)

/**
 * Lines that work as they stand, once the variables in them are set: three for REST, and one for each
 * other door.
 */
export const curlLines = (welcome: Welcome): ReadonlyArray<string> => {
  const asked = { ...welcome, url: welcome.shown.url }
  return [...restLines(asked), ...doorLines(asked)].map((line) => showing(welcome, line))
}

/**
 * Three lines for REST. With the demo: read, reserve, confirm, as far as there is
 * stock here; else something is made first.
 */
const restLines = ({ demo, service, url }: Welcome): ReadonlyArray<string> => {
  const bundle = demo.products.find(({ type }) => type === "BUNDLE")
  const optionId = bundle?.options?.[0]?.optionId
  const [sku] = demo.skus
  if (service === "product") {
    return bundle === undefined
      ? ownProduct(url)
      : [
          `curl ${url}/api/products/${bundle.productId}`,
          `curl '${url}/api/products?sort=price&size=2'`,
          `curl '${url}/api/products?q=bottle'`
        ]
  }
  if (sku === undefined) return ownSku(url)
  const { skuId } = sku
  return [
    bundle === undefined
      ? `curl ${url}/api/inventory/${skuId}`
      : `curl ${url}/api/products/${bundle.productId}`,
    post(`${url}/api/inventory/reservations`, {
      ...(optionId === undefined ? { skuId } : { optionId }),
      ...{ quantity: 2, orderId }
    }),
    `curl -X POST ${url}/api/inventory/orders/${orderId}/confirm`
  ]
}

const countsOf = ({ products, skus }: Demo): string =>
  [
    skus.length === 0 ? [] : [`${skus.length} demo SKUs`],
    products.length === 0 ? [] : [`${products.length} demo products`]
  ]
    .flat()
    .map((count) => `, ${count}`)
    .join("")

/** Development tokens, and a line that uses one. They are for this machine's terminal alone. */
const tokenLines = (welcome: Welcome): ReadonlyArray<string> => {
  const { service, shown, tokens } = welcome
  if (tokens === undefined) return []
  const user = tokens.get("USER")
  const path =
    service === "inventory" ? "/api/inventory/stock-status?skuIds=mug-blue" : "/api/products"
  return [
    "",
    `  Ask as somebody (another token: ${commandIn(process.env)} token USER):`,
    ...[...tokens].map(([role, token]) => `    ${role.padEnd(8)}${Redacted.value(token)}`),
    ...(user === undefined
      ? []
      : [
          `    ${showing(welcome, `curl '${shown.url}${path}' -H 'authorization: Bearer ${Redacted.value(user)}'`)}`
        ])
  ]
}

/** A call with grpcurl, which learns the contract from the server itself. */
const grpcLines = ({ demo, grpc, service, shown }: Welcome): ReadonlyArray<string> => {
  if (grpc === undefined) return []
  const method =
    service === "product"
      ? "holdfast.catalog.v1.CatalogService/GetProducts"
      : "holdfast.inventory.v1.InventoryService/GetStock"
  const message = service === "product" ? {} : { skuId: demo.skus[0]?.skuId ?? "mug-blue" }
  return [
    `grpcurl${shown.url.startsWith("https:") ? "" : " -plaintext"}${shown.grpcurl} -d '${JSON.stringify(message)}' ${grpc} ${method}`
  ]
}

const otherOf = { all: "", product: "stock   ", inventory: "shop    " } as const

/** The same for a person. */
export const welcomeLines = (welcome: Welcome): ReadonlyArray<string> => {
  const { auth, demo, doors, grpc, isReady, kafka, metrics } = welcome
  const { other, place, service, url, version } = welcome
  const { variables } = welcome.shown
  return [
    "",
    `  Holdfast ${version} ${isReady ? "is ready" : "is up, and waits for its database"}: ${url}`,
    "",
    `  store   ${place}${countsOf(demo)}`,
    ...(other === undefined ? [] : [`  ${otherOf[service]}${other.href}`]),
    ...(kafka === undefined ? [] : [`  kafka   ${kafka.join(",")}`]),
    `  auth    ${auth}`,
    `  docs    ${url}/docs`,
    `  spec    ${url}/openapi.json`,
    `  health  ${url}/health/ready`,
    ...(doors ?? []).map((path) => `  ${path.slice(1).padEnd(8)}${url}${path}`),
    ...(grpc === undefined ? [] : [`  grpc    ${grpc}`]),
    ...(metrics === undefined ? [] : [`  metrics ${metrics}`]),
    "",
    `  Try${variables.length === 0 ? "" : `, where ${variables.join(", and ")}`}:`,
    ...[...curlLines(welcome), ...grpcLines(welcome)].map((line) => `    ${line}`),
    ...tokenLines(welcome),
    ""
  ]
}
