/** What a server prints when it is up: where it is, and three lines to try next. Pure. */
import type { DemoSku } from "../demoStock.ts"

/** What the welcome of a running server shows. */
export interface Welcome {
  readonly version: string
  readonly url: string
  readonly place: string
  readonly isReady: boolean
  /** The brokers that events go to, if they go to Kafka. */
  readonly kafka?: ReadonlyArray<string> | undefined
  readonly demo: ReadonlyArray<DemoSku>
}

/**
 * The address that a client on this machine uses. An address that means "every address" is not one.
 */
export const urlOf = (address: string, port: number): string => {
  if (address === "0.0.0.0") return `http://127.0.0.1:${port}`
  if (address === "::") return `http://[::1]:${port}`
  return address.includes(":") ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

const post = (url: string, body: object): string =>
  `curl ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`

/** Three lines that work as they stand: with demo stock read, reserve, confirm; else register first. */
export const curlLines = ({ demo, url }: Welcome): ReadonlyArray<string> => {
  const orderId = "order-1"
  const [sku] = demo
  const skuId = sku?.skuId ?? "mug-blue"
  const reserve = post(`${url}/api/inventory/reservations`, { skuId, quantity: 2, orderId })
  return sku === undefined
    ? [
        post(`${url}/api/skus`, { skuId, code: "MUG-BLUE", name: "Blue mug", initialStock: 10 }),
        reserve,
        `curl ${url}/api/inventory/${skuId}`
      ]
    : [
        `curl ${url}/api/inventory/${skuId}`,
        reserve,
        `curl -X POST ${url}/api/inventory/orders/${orderId}/confirm`
      ]
}

/** The same for a person. */
export const welcomeLines = (welcome: Welcome): ReadonlyArray<string> => {
  const { demo, isReady, kafka, place, url, version } = welcome
  return [
    "",
    `  Holdfast ${version} ${isReady ? "is ready" : "is up, and waits for its database"}: ${url}`,
    "",
    `  stock   ${place}${demo.length === 0 ? "" : `, ${demo.length} demo SKUs`}`,
    ...(kafka === undefined ? [] : [`  kafka   ${kafka.join(",")}`]),
    `  docs    ${url}/docs`,
    `  spec    ${url}/openapi.json`,
    `  health  ${url}/health/ready`,
    "",
    "  Try:",
    ...curlLines(welcome).map((line) => `    ${line}`),
    ""
  ]
}
