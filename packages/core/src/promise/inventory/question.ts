/** The questions of the inventory, as the methods of the Promise door ask them. */
import {
  type QueryName,
  type QueryOf,
  queryOperations
} from "../../inventory/messages/queryOperations.ts"
import { questionReader, type ReadQuestion } from "../engine/questionReader.ts"

/** A question as a method asks it. */
export interface Question<Name extends QueryName> {
  readonly method: string
  readonly name: Name
  readonly read: ReadQuestion<QueryOf<Name>>
}

/** A question whose fields are spread over the arguments and the options of a method. */
export const question = <Name extends QueryName>(
  name: Name,
  argumentNames: ReadonlyArray<keyof QueryOf<Name> & string>,
  about: {
    /** The name of the method; that of the question unless it is given. */
    readonly method?: string
    readonly options?: ReadonlyArray<keyof QueryOf<Name> & string>
  } = {}
): Question<Name> => ({
  method: about.method ?? name,
  name,
  read: questionReader(queryOperations[name].input.fields, argumentNames, about.options)
})
