/** How many requests a server takes, from whom, and from which sites: the settings. */
import type { LimitOptions, RateLimit } from "@holdfast/http"
import { setting, toggle, wholeNumber } from "../settings.ts"

const windows: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

const readRate = (text: string) => {
  const [, count, unit = ""] = /^(\d{1,7})\/(s|m|h)$/.exec(text) ?? []
  const windowMillis = windows[unit]
  const limit = Number(count)
  return windowMillis !== undefined && limit >= 1 && limit <= 1_000_000
    ? { value: { count: limit, windowMillis } }
    : { mustBe: "from 1 to 1000000 requests a second, minute or hour, such as 100/s or 6000/m" }
}

const rate = (name: string, description: string) =>
  setting<RateLimit, undefined>(
    name,
    { metavar: "<count/s|m|h>", description: `${description} (default: no limit)`, read: readRate },
    undefined
  )

const readOrigins = (text: string) => {
  const origins = text.split(",").map((origin) => origin.trim())
  return origins.every((origin) => origin === "*" || URL.parse(origin)?.origin === origin)
    ? { value: origins }
    : { mustBe: "origins such as https://shop.example, with commas between, or *" }
}

/** The settings. */
export const limitFlags = {
  addressReads: rate("limit-address-reads", "Reads that one address may send"),
  addressWrites: rate("limit-address-writes", "Writes that one address may send"),
  principalReads: rate("limit-principal-reads", "Reads that one principal may send"),
  principalWrites: rate("limit-principal-writes", "Writes that one principal may send"),
  guests: toggle(
    "guests",
    "Let in visitors who show nothing but a cart of POST /api/carts; they reserve for themselves",
    false
  ),
  carts: setting<RateLimit, undefined>(
    "limit-carts",
    {
      metavar: "<count/s|m|h>",
      description: "Carts that guests of one address may make or bring along (default: 60/m)",
      read: readRate
    },
    undefined
  ),
  requestsMax: setting(
    "requests-max",
    {
      metavar: "<count>",
      description: "Requests under way at once; one more is answered with 503 (default: 2000)",
      read: wholeNumber(1, 1_000_000)
    },
    2_000
  ),
  corsOrigins: setting(
    "cors-origin",
    {
      metavar: "<origin,...>",
      description: "Sites whose pages may call the API from a browser (default: none)",
      read: readOrigins
    },
    undefined
  )
}

/** The settings as read. */
export interface LimitInput {
  readonly addressReads: RateLimit | undefined
  readonly addressWrites: RateLimit | undefined
  readonly principalReads: RateLimit | undefined
  readonly principalWrites: RateLimit | undefined
  readonly guests: boolean
  readonly carts: RateLimit | undefined
  readonly requestsMax: number
  readonly corsOrigins: ReadonlyArray<string> | undefined
}

/** The limits that the settings ask for. */
export const limitsOf = (input: LimitInput): LimitOptions => ({
  requestsMax: input.requestsMax,
  address: { reads: input.addressReads, writes: input.addressWrites },
  principal: { reads: input.principalReads, writes: input.principalWrites },
  carts: input.carts
})
