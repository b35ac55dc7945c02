/**
 * The carts that were made or used here lately. Any token of the right form is a cart, since only
 * hashes of tokens are kept, and only with what was reserved. So a cart that is met for the first time
 * counts as one that is made: who makes tokens up makes no more carts than who asks for them.
 */

/** How many carts are remembered: about a hundred bytes each. */
const cartsMaxDefault = 50_000

/** The carts that were met, those of the longest silence forgotten first. */
export class SeenCarts {
  private readonly known = new Set<string>()

  private readonly max: number

  constructor(max = cartsMaxDefault) {
    this.max = max
  }

  /** Whether a cart was met lately; meeting it again keeps it. */
  has(cartId: string): boolean {
    if (!this.known.delete(cartId)) return false
    this.known.add(cartId)
    return true
  }

  /** Notes that a cart was met. */
  add(cartId: string): void {
    this.known.add(cartId)
    const [oldest] = this.known
    if (this.known.size > this.max && oldest !== undefined) this.known.delete(oldest)
  }
}
