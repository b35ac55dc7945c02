// The script of the dashboard. It asks for the samples that are new, and draws the last hour of each figure.
;(() => {
  const hourMillis = 3_600_000
  const by = (id) => document.getElementById(id)
  const make = (tag, parent, text = "", className = "") => {
    const element = document.createElement(tag)
    if (text !== "") element.textContent = text
    if (className !== "") element.className = className
    parent?.append(element)
    return element
  }

  const number = (value) => {
    const size = Math.abs(value)
    const digits = size === 0 || size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2
    return value.toLocaleString("en", { maximumFractionDigits: digits })
  }
  const percent = (value) => {
    const share = value * 100
    // A share that is not whole must not look whole.
    const shown = share < 100 && share > 99.99 ? "99.99" : number(share)
    return `${shown} %`
  }
  const bytes = (value) => {
    const mebi = value / 1_048_576
    return mebi >= 1024 ? `${number(mebi / 1024)} GiB` : `${number(mebi)} MiB`
  }
  const seconds = (value) =>
    value >= 7200
      ? `${number(value / 3600)} hours`
      : value >= 120
        ? `${number(value / 60)} min`
        : `${number(value)} s`
  const writers = {
    bytes,
    events: (value) => number(value),
    ms: (value) => (value >= 10_000 ? seconds(value / 1000) : `${number(value)} ms`),
    perSecond: (value) => `${number(value)} /s`,
    ratio: percent,
    seconds,
    things: (value) => number(value)
  }

  const colours = () => {
    const style = getComputedStyle(document.documentElement)
    return { line: style.getPropertyValue("--line"), area: style.getPropertyValue("--area") }
  }

  /** A card with a figure: its value now, its line, and what it was in the hour. */
  const makeCard = (about, parent) => {
    const card = make("section", parent, "", "card")
    card.hidden = true
    const heading = make("h3", card, about.title)
    heading.id = `figure-${about.id}`
    card.setAttribute("aria-labelledby", heading.id)
    const value = make("p", card, "–", "value")
    const line = make("div", card, "", "line")
    line.setAttribute("role", "img")
    const range = make("p", card, "", "range")
    let plot
    const draw = (times, values) => {
      const lastTime = times[times.length - 1] ?? Date.now()
      const data = [times.map((time) => time / 1000), values]
      if (plot !== undefined) {
        plot.batch(() => {
          plot.setData(data, false)
          plot.setScale("x", { min: (lastTime - hourMillis) / 1000, max: lastTime / 1000 })
        })
        return
      }
      const { area, line: stroke } = colours()
      plot = new uPlot(
        {
          width: Math.max(60, line.clientWidth),
          height: 48,
          padding: [3, 0, 3, 0],
          cursor: { show: false },
          legend: { show: false },
          axes: [{ show: false }, { show: false }],
          scales: {
            x: {
              time: true,
              range: () => [(lastTimeOf() - hourMillis) / 1000, lastTimeOf() / 1000]
            },
            y: {
              // A steady value lies low, and zero is always in sight.
              range: (_plot, _low, high) => [0, high === null || high <= 0 ? 1 : high * 1.1]
            }
          },
          series: [{}, { stroke, fill: area, width: 1.5, points: { show: false }, spanGaps: false }]
        },
        data,
        line
      )
    }
    const lastTimeOf = () => state.times[state.times.length - 1] ?? Date.now()
    const write = writers[about.unit] ?? number
    const show = (times, values) => {
      const known = values.filter((one) => one !== null)
      card.hidden = known.length === 0
      const last = values[values.length - 1] ?? null
      value.textContent = last === null ? "–" : write(last)
      const isBad =
        last !== null &&
        about.attention !== undefined &&
        (about.isLow ? last < about.attention : last > about.attention)
      card.classList.toggle("alarm", isBad)
      if (known.length > 0) {
        const low = write(known.reduce((one, other) => Math.min(one, other)))
        const high = write(known.reduce((one, other) => Math.max(one, other)))
        range.textContent = `${low} to ${high} in the last hour`
        const now = last === null ? "no value now" : `now ${write(last)}`
        line.setAttribute("aria-label", `${about.title}: ${now}, ${range.textContent}`)
        draw(times, values)
      }
      return isBad
    }
    return {
      show,
      isHidden: () => card.hidden,
      resize: () => plot?.setSize({ width: Math.max(60, line.clientWidth), height: 48 }),
      recolour: () => {
        plot?.destroy()
        plot = undefined
      }
    }
  }

  const state = {
    after: 0,
    startedAt: undefined,
    times: [],
    columns: [],
    cards: [],
    silent: [],
    lists: []
  }

  const begin = (answer) => {
    const groups = by("groups")
    groups.replaceChildren()
    Object.assign(state, {
      after: 0,
      startedAt: answer.startedAt,
      times: [],
      silent: [],
      lists: []
    })
    state.columns = answer.figures.map(() => [])
    state.abouts = answer.figures
    const cards = new Map()
    state.cards = answer.figures.map((about) => {
      if (!cards.has(about.group)) {
        const section = make("section", groups)
        make("h2", section, about.group)
        cards.set(about.group, make("div", section, "", "cards"))
        state.silent.push({ group: about.group, words: make("p", section, "", "range") })
      }
      return makeCard(about, cards.get(about.group))
    })
    if (answer.lists.length > 0) {
      const section = make("section", groups)
      make("h2", section, "What customers ask for")
      const row = make("div", section, "", "cards")
      state.lists = answer.lists.map((list) => {
        const card = make("section", row, "", "card wide")
        make("h3", card, list.title)
        return make("div", card)
      })
    }
    by("about").textContent =
      `version ${answer.version}, up since ${new Date(answer.startedAt).toLocaleString()}`
  }

  const showList = ({ counted, rows }, place) => {
    place.replaceChildren()
    if (rows === null || rows.length === 0) {
      make("p", place, rows === null ? "Not known yet" : "None", "range")
      return
    }
    const table = make("table", place)
    const head = make("tr", make("thead", table))
    for (const title of ["Name", counted]) make("th", head, title).scope = "col"
    const body = make("tbody", table)
    for (const { count, name } of rows) {
      const row = make("tr", body)
      make("td", row, name)
      make("td", row, number(count))
    }
  }

  /** Names the figures of each group that had no value in the hour. */
  const showSilent = () => {
    for (const { group, words } of state.silent) {
      const titles = state.abouts.flatMap((about, index) =>
        about.group === group && state.cards[index].isHidden() ? [about.title] : []
      )
      words.hidden = titles.length === 0
      words.textContent = `Without a value: ${titles.join(" · ")}`
    }
  }

  const show = () => {
    const bad = state.cards.flatMap((card, index) =>
      card.show(state.times, state.columns[index]) ? [state.abouts[index].title] : []
    )
    showSilent()
    const words = by("state")
    const text =
      state.times.length === 0
        ? "The first figures come within five seconds."
        : bad.length === 0
          ? "Nothing needs attention."
          : `Needs attention: ${bad.join(", ")}.`
    // A screen reader hears it only when it changes.
    if (words.textContent !== text) words.textContent = text
    words.classList.toggle("alarm", bad.length > 0)
  }

  const take = (answer) => {
    if (answer.startedAt !== state.startedAt) {
      const isOther = state.startedAt !== undefined
      begin(answer)
      // These are only the samples after one of the server before it.
      if (isOther) return false
    }
    for (const [at, ...values] of answer.samples) {
      state.times.push(at)
      state.after = at
      for (const [index, value] of values.entries()) state.columns[index].push(value)
    }
    const first = state.times.findIndex((time) => time > state.after - hourMillis)
    if (first > 0) {
      state.times.splice(0, first)
      for (const column of state.columns) column.splice(0, first)
    }
    for (const [index, list] of answer.lists.entries()) showList(list, state.lists[index])
    show()
    return true
  }

  const ask = async () => {
    let pause = 5_000
    try {
      const answer = await fetch(`/dashboard/figures?after=${state.after}`, {
        signal: AbortSignal.timeout(10_000)
      })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      if (!take(await answer.json())) pause = 0
    } catch (error) {
      const words = by("state")
      words.textContent = `The server does not answer (${error.message}). The figures are old.`
      words.classList.add("alarm")
    }
    setTimeout(ask, pause)
  }

  addEventListener("resize", () => {
    for (const card of state.cards) card.resize()
  })
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const card of state.cards) card.recolour()
    show()
  })
  ask()
})()
