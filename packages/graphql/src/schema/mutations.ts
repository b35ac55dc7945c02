/**
 * A mutation for every command. It answers with what was done, or with a refusal: a shortage is data,
 * with the lines that are short. Only what a store could not do is an error.
 */

import type { PermittedOperation } from "@holdfast/core/access"
import {
  operations as catalog,
  everyRefusalOf as ofCatalog,
  readCommand as readCatalog
} from "@holdfast/core/catalog"
import type { Executed, RequestOptions } from "@holdfast/core/engine"
import {
  operations as inventory,
  everyRefusalOf as ofInventory,
  readCommand
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  GraphQLUnionType
} from "graphql"
import { type Asked, type Failure, permitted } from "../reading/Asked.ts"
import type { CatalogMutation, InventoryMutation } from "./rows.ts"
import type { Types } from "./typesOf.ts"

type TypeOfTag = (tag: string) => GraphQLObjectType

/** The row of a command in a table of core. */
interface CommandRow {
  readonly command: string
  readonly permission: PermittedOperation["permission"]
  readonly summary: string
  readonly input: Schema.Top
  readonly answer: Schema.Top
}

type Execute = (
  asked: Asked,
  command: object,
  options: RequestOptions
) => Effect.Effect<Executed<unknown>, Failure>

interface Context {
  readonly read: (input: unknown) => Result.Result<object, Failure>
  readonly execute: Execute
}

const contexts: { readonly [name in "inventory" | "catalog"]: Context } = {
  inventory: {
    read: readCommand,
    execute: ({ inventory }, command, options) =>
      inventory?.commands.execute(command as never, options) ?? Effect.die("no inventory")
  },
  catalog: {
    read: readCatalog,
    execute: ({ catalog }, command, options) =>
      catalog?.commands.execute(command as never, options) ?? Effect.die("no catalog")
  }
}

interface Args {
  readonly input: object
  readonly idempotencyKey?: string | null
}

/** What an input names, as `SKU:mug`. */
const targetsIn = (input: object): ReadonlyArray<string> =>
  Object.entries(input).flatMap(([field, id]) =>
    field.endsWith("Id") && typeof id === "string"
      ? [`${field.slice(0, -2).toUpperCase()}:${id.slice(0, 255)}`]
      : []
  )

const mutationOf = (
  name: string,
  row: CommandRow,
  refusals: ReadonlyArray<string>,
  { execute, read }: Context,
  { types, typeOfTag }: { readonly types: Types; readonly typeOfTag: TypeOfTag }
): GraphQLFieldConfig<unknown, Asked, Args> => {
  const { command: tag, permission, summary } = row
  const done = new GraphQLObjectType<Executed<unknown>>({
    name: `${tag}Done`,
    description: "What the command did.",
    fields: () => ({
      answer: { type: types.output(row.answer, `${tag}Answer`) },
      isReplayed: {
        type: new GraphQLNonNull(GraphQLBoolean),
        description: "Whether this is the first answer to the key, given once more."
      }
    })
  })
  const isRefusal = new Set(refusals)
  const result = new GraphQLUnionType({
    name: `${tag}Result`,
    types: () => [done, ...refusals.map(typeOfTag)],
    resolveType: (value: { readonly _tag?: string }) => value._tag ?? done.name
  })
  return {
    description: `${summary}.`,
    type: new GraphQLNonNull(result),
    extensions: { holdfast: { rows: 1 } },
    args: {
      input: { type: types.input(row.input, `${tag}Input`) as never },
      idempotencyKey: {
        type: GraphQLString,
        description: "A repeat with the same key and input gets the first answer; kept 24 hours."
      }
    },
    resolve: (_source, { idempotencyKey, input }, asked) => {
      const options = {
        ...asked.about,
        ...(idempotencyKey === null || idempotencyKey === undefined ? {} : { idempotencyKey })
      }
      const executed = permitted({ name, permission }, () =>
        Effect.flatMap(Effect.fromResult(read({ ...input, _tag: tag })), (command) =>
          execute(asked, command, options)
        )
      )
      return asked.run(
        name,
        Effect.catch(
          executed,
          (failure): Effect.Effect<unknown, Failure> =>
            isRefusal.has(failure._tag)
              ? Effect.as(
                  asked.denied({ _tag: failure._tag, operation: name, targets: targetsIn(input) }),
                  failure
                )
              : Effect.fail(failure)
        )
      )
    }
  }
}

/** The mutations of the inventory, by the names of the commands. */
export const inventoryMutation = (
  name: InventoryMutation,
  made: Parameters<typeof mutationOf>[4]
) => mutationOf(name, inventory[name], ofInventory(name), contexts.inventory, made)

/** The mutations of the catalog, by the names of the commands. */
export const catalogMutation = (name: CatalogMutation, made: Parameters<typeof mutationOf>[4]) =>
  mutationOf(name, catalog[name], ofCatalog(name), contexts.catalog, made)
