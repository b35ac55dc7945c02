/** One request as the fields of the schema see it: who asks, and how work is done for them. */
import { objectionTo, type PermittedOperation, type Principal } from "@holdfast/core/access"
import type { CatalogRefusal } from "@holdfast/core/catalog"
import { RequestCaller, type RequestOptions } from "@holdfast/core/engine"
import type { InventoryRefusal, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { Edges } from "./Edges.ts"
import type { Services } from "./Services.ts"

/** What a subscription follows. */
export type Followed =
  | {
      readonly field: "stockChanged"
      readonly skuIds: ReadonlyArray<string>
      readonly after: number | undefined
    }
  | {
      readonly field: "reservationChanged"
      readonly orderId: string
      readonly after: number | undefined
    }

/** How a question or a command fails. */
export type Failure = InventoryRefusal | CatalogRefusal | StoreError

/** What was refused, perhaps because who asks may not do it. */
export interface Denied {
  readonly _tag: string
  readonly operation: string
  /** What it was about, as `SKU:mug`. */
  readonly targets?: ReadonlyArray<string>
}

/** The context of the fields of one request. */
export interface Asked extends Services {
  /** Reads that go to the stores together. */
  readonly edges: Edges
  /** What the headers say beside the commands of the request. */
  readonly about: Pick<RequestOptions, "correlationId" | "traceparent">
  /** Does work in the name of who asks. It rejects with what a caller may see. */
  readonly run: <A>(operation: string, work: Effect.Effect<A, Failure>) => Promise<A>
  /** Notes what a subscription follows, once who asks may follow it. */
  readonly follow?: (followed: Followed) => Promise<void>
  /** Records that who asks may not do an operation. */
  readonly denied: (denied: Denied) => Effect.Effect<void>
}

/** Does work if who asks may do the operation. Without a principal the host is trusted. */
export const permitted = <A>(
  operation: PermittedOperation,
  work: (principal: Principal | undefined) => Effect.Effect<A, Failure>
): Effect.Effect<A, Failure> =>
  Effect.withFiber((fiber) => {
    const { principal } = fiber.getRef(RequestCaller)
    const objection = principal && objectionTo(principal, operation)
    return objection === undefined ? work(principal) : Effect.fail(objection)
  })
