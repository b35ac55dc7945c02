/** How many commands a mutation executes, also those that stand in fragments. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode
} from "graphql"

/** Counts the root fields of an operation: those of one name in the answer are one. */
export const commandsIn = (document: DocumentNode, operation: OperationDefinitionNode): number => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition)
    }
  }
  const names = new Set<string>()
  const addAll = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) names.add((selection.alias ?? selection.name).value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) addAll(selection.selectionSet)
      else {
        // What stands in a fragment is added once, however often it is spread.
        const fragment = fragments.get(selection.name.value)
        fragments.delete(selection.name.value)
        if (fragment !== undefined) addAll(fragment.selectionSet)
      }
    }
  }
  addAll(operation.selectionSet)
  return names.size
}
