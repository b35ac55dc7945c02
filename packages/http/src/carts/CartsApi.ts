/** Carts of guests: making one, and making its orders one's own. Schemas only. */
import { CartToken } from "@holdfast/core/access"
import { operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { problemSchema } from "../events/eventProblems.ts"
import { OrderReservations } from "../inventory/api/OrdersApi.ts"
import { failuresOf, refusalSchemaOf } from "../inventory/api/refusalSchemas.ts"
import { type ProblemAnswer, problemType } from "../kit/Problem.ts"
import { optionalBody, orderPath, writeHeaders } from "../kit/parameters.ts"

const noGuests = {
  status: 403,
  slug: "no-guests",
  title: "Guests are not let in"
} as const

const noGuestsSchema = problemSchema(noGuests, "NoGuestsProblem", {})

/** There are no carts here, and why. */
export const noGuestsProblem = (detail: string): ProblemAnswer => ({
  problem: {
    ...{ type: problemType(noGuests.slug), title: noGuests.title, status: noGuests.status },
    detail
  }
})

/** A cart, as it is shown to its guest once. */
const NewCart = Schema.Struct({ cartToken: CartToken }).annotate({ identifier: "NewCart" })

const { claimOrder } = operations

/** The endpoints of carts. */
export const CartsApi = HttpApiGroup.make("carts")
  .add(
    HttpApiEndpoint.post("create", "/api/carts", {
      success: NewCart.pipe(HttpApiSchema.status(201)),
      error: [refusalSchemaOf("InvalidInput"), noGuestsSchema]
    })
      .annotate(OpenApi.Summary, "Make a cart for a visitor of whom nobody knows who they are")
      .annotate(
        OpenApi.Description,
        "The token goes with later requests of the guest as the header `Holdfast-Cart`. It takes no " +
          "`Idempotency-Key`: an answer with a secret is not kept."
      ),
    HttpApiEndpoint.post("claim", "/api/orders/:orderId/claim", {
      headers: {
        ...writeHeaders,
        "holdfast-cart": CartToken
      },
      params: orderPath,
      payload: optionalBody(claimOrder.input.mapFields(Struct.pick(["ownerId"]))),
      success: OrderReservations,
      error: failuresOf("claimOrder")
    })
      .annotate(OpenApi.Summary, claimOrder.summary)
      .annotate(
        OpenApi.Description,
        "Shows who asks as any request does, and the token of the cart beside it. The answer has the " +
          "open and the lost holds of the order."
      )
  )
  .annotate(OpenApi.Title, "Carts")
  .annotate(OpenApi.Description, "Visitors of whom nobody knows who they are, with a cart.")
