/** The token of a guest's cart, as text. `access/carts.ts` makes one, and hashes it. */
import * as Schema from "effect/Schema"

/** The token of a cart: `hfc_` and 128 random bits. */
export const CartToken = Schema.String.check(
  Schema.isPattern(/^hfc_[\w-]{22}$/u, { message: "must be the token of a cart, hfc_…" })
).annotate({
  identifier: "CartToken",
  description: "A secret of a guest, shown once: who has it acts as the guest."
})
