/** Who acts, as the host names them. */
import * as Schema from "effect/Schema"
import { printable } from "./Text.ts"

/** Who did it, 1–255 printable code points. */
export const Actor = printable(1, 255)

/** The token of the cart by which a guest acts: `hfc_` and 128 random bits. `access/carts.ts` makes one, and hashes it. */
export const CartToken = Schema.String.check(
  Schema.isPattern(/^hfc_[\w-]{22}$/u, { message: "must be the token of a cart, hfc_…" })
).annotate({
  identifier: "CartToken",
  description: "A secret of a guest, shown once: who has it acts as the guest."
})
