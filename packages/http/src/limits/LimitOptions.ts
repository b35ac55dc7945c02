/** What may be limited at the HTTP door. Nothing is, unless a host asks for it. */
import { HoldfastError } from "@holdfast/core"
import type { RateLimit, RateLimiter } from "./RateLimiter.ts"

/** How often somebody may read, and how often they may write; no limit where none is given. */
export interface ReadsAndWrites {
  readonly reads?: RateLimit | undefined
  readonly writes?: RateLimit | undefined
}

/** The limits of a door. Health, and preflights of browsers, are never limited. */
export interface LimitOptions {
  /** Requests that may be under way at once; one more is answered with 503. Without end streams count not. */
  readonly requestsMax?: number | undefined
  /** For each address, before it is known who sends. An IPv6 address counts with its whole /64. */
  readonly address?: ReadsAndWrites | undefined
  /** For each principal; those without one have the limit of their address. */
  readonly principal?: ReadsAndWrites | undefined
  /** Carts of guests that an address may make, and bring along: 60 a minute where guests are let in. */
  readonly carts?: RateLimit | undefined
  /** Who counts: this process alone, unless given. */
  readonly limiter?: RateLimiter | undefined
}

const refuse = (path: string, message: string): never => {
  throw new HoldfastError("InvalidInput", { issues: [{ path: `options.limits.${path}`, message }] })
}

const isWithin = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= most

const checkRate = (path: string, rate: RateLimit | undefined): void => {
  if (rate === undefined) return
  if (!isWithin(rate.count, 1_000_000)) {
    refuse(`${path}.count`, "must be a whole number from 1 to 1000000")
  }
  if (!isWithin(rate.windowMillis, 3_600_000)) {
    refuse(`${path}.windowMillis`, "must be a whole number from 1 to 3600000")
  }
}

/** Everybody may make carts, so how many is always limited. */
const cartsDefault: RateLimit = { count: 60, windowMillis: 60_000 }

/** The limits, or none but that of carts. Throws `InvalidInput` for a limit that nobody could keep. */
export const readLimits = (limits: LimitOptions = {}): LimitOptions => {
  const { address, principal, requestsMax } = limits
  if (requestsMax !== undefined && !isWithin(requestsMax, 1_000_000)) {
    refuse("requestsMax", "must be a whole number from 1 to 1000000")
  }
  checkRate("address.reads", address?.reads)
  checkRate("address.writes", address?.writes)
  checkRate("principal.reads", principal?.reads)
  checkRate("principal.writes", principal?.writes)
  checkRate("carts", limits.carts)
  return { ...limits, carts: limits.carts ?? cartsDefault }
}
