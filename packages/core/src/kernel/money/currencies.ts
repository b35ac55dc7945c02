/**
 * The currencies of ISO 4217, and how many decimals each has. Fact: ISO 4217, list one ("Current
 * currency and funds"), as its maintenance agency SIX has it on 1 January 2026. Codes for which the
 * list has no minor unit, such as gold (XAU) and testing (XTS), are left out. The platform is
 * not asked: what `Intl` knows differs from release to release, and from the list.
 */

const withTwoDecimals = `
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`

const withOthers = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW"
}

const codesOf = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/)

const all = [
  ...codesOf(withTwoDecimals).map((code) => [code, 2] as const),
  ...Object.entries(withOthers).flatMap(([decimals, text]) =>
    codesOf(text).map((code) => [code, Number(decimals)] as const)
  )
].sort(([a], [b]) => (a < b ? -1 : 1))

/** The number of decimals of each currency, by its code, in the order of the codes. */
export const decimalsOfCurrency: ReadonlyMap<string, number> = new Map(all)

/** Whether a text is the code of a currency. */
export const isCurrency = (code: string): boolean => decimalsOfCurrency.has(code)
