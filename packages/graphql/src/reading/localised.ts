/** Products and categories in the language that a question names. */
import { type Category, localisedProduct, namedIn, type Product } from "@holdfast/core/catalog"

const locale = Symbol("locale")

/** A product in a language, which its edges are read in too; null is none, as GraphQL has it. */
export const inLocale = <P extends Product.Product>(
  product: P,
  asked: string | null | undefined
): P =>
  asked === undefined || asked === null
    ? product
    : { ...localisedProduct(product, asked), [locale]: asked }

/** A category in a language; null is none. */
export const categoryInLocale = <C extends Category.Category>(
  category: C,
  asked: string | null | undefined
): C =>
  asked === undefined || asked === null
    ? category
    : { ...namedIn(category, asked), [locale]: asked }

/** The language in which a thing was read. */
export const localeOf = (source: object) => {
  const asked = (source as { readonly [locale]?: string })[locale]
  return {
    named: <C extends Category.Category>(category: C): C => categoryInLocale(category, asked)
  }
}
