/**
 * Tokens that were verified a moment ago. Checking a signature costs about as much as a whole
 * reservation, and a client sends the same token many times. A token is known by its SHA-256, so that
 * the memory of a server holds no token.
 */
import { createHash } from "node:crypto"
import type { Principal } from "@holdfast/core/access"

/** What a verified token says: who bears it, and when it lapses, in epoch milliseconds. */
export interface VerifiedToken {
  readonly principal: Principal
  readonly until: number
}

/** How many tokens are remembered. */
const sizeMax = 10_000

/** How long a token is remembered: as long as a key that was withdrawn goes on to be taken. */
const rememberedMillisMax = 60_000

/** Now: in epoch milliseconds, by which tokens lapse, and as `steadyMillis` tells the time. */
export interface Now {
  readonly day: number
  readonly steady: number
}

interface Kept extends VerifiedToken {
  readonly forgottenAt: number
}

/**
 * Tokens that were verified, each until it lapses and for a minute at most, also when somebody sets the clock
 * back.
 */
export class VerifiedTokens {
  private readonly kept = new Map<string, Kept>()

  private readonly sizeMax: number

  constructor(max = sizeMax) {
    this.sizeMax = max
  }

  /** How many are remembered. */
  get size(): number {
    return this.kept.size
  }

  /** The name under which a token is remembered. */
  nameOf(token: string): string {
    return createHash("sha256").update(token).digest("base64")
  }

  /** Who bears a token; undefined when it is not remembered, or has lapsed. */
  get(name: string, now: Now): Principal | undefined {
    const found = this.kept.get(name)
    if (found === undefined) return undefined
    if (found.until > now.day && found.forgottenAt > now.steady) return found.principal
    this.kept.delete(name)
    return undefined
  }

  /** Remembers a token; the one that was verified first makes room. */
  add(name: string, verified: VerifiedToken, now: Now): void {
    if (this.kept.size >= this.sizeMax) {
      const [first] = this.kept.keys()
      if (first !== undefined) this.kept.delete(first)
    }
    this.kept.set(name, { ...verified, forgottenAt: now.steady + rememberedMillisMax })
  }
}
