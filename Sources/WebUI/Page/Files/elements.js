// Keeps the script's elements in the page, be it ours or the user's own.
import { makeElement, makeMedia, write } from "./nodes.js"
import { properties } from "./vocabulary.js"

const events = Object.entries(properties).filter(([, property]) => property.type === "event")

// An element known by its id alone: it takes its shape from what is set on it.
class Item {
  constructor(id) {
    this.box = document.createElement("div")
    this.label = document.createElement("span")
    Object.assign(this.box, { className: "item", id })
    Object.assign(this.label, { className: "label", id: `${id}-label`, textContent: id })
    this.box.append(this.label)
  }

  draw(set) {
    this.shape(set)
    for (const name of Object.keys(properties)) {
      const part = this.place(name)
      if (part) write(part, name, this.given(name, set) ?? null)
    }
    this.share?.replaceChildren(this.progress.position < 0 ? "" : `${Math.round(this.progress.position * 100)} %`)
  }

  shape(set) {
    const hasBar = set.value !== undefined && !set.oninput
    const words = set.onclick ? "button" : set.oninput ? "input" : set.textContent === undefined ? null : "p"
    this.words = this.part(this.words, words)
    this.words?.classList.add("words")
    this.label.hidden = words === "button"
    if (words === "p") Object.assign(this.words, { role: "status", ariaLive: "polite" })
    if (words === "input") this.words.setAttribute("aria-labelledby", this.label.id)
    this.progress = this.part(this.progress, hasBar ? "progress" : null)
    this.progress?.setAttribute("aria-labelledby", this.label.id)
    this.share = this.part(this.share, hasBar ? "span" : null)
    this.share?.classList.add("share")
    const media = set.src === undefined ? null : set.src.isVideo ? "video" : "img"
    if (this.shown?.localName === (media ?? undefined)) return
    this.shown?.remove()
    this.shown = media && makeMedia(media === "video", this.label.textContent)
    if (this.shown) this.box.append(this.shown)
  }

  // The part that a property belongs on; nothing if there is none.
  place(name) {
    const isField = this.words?.localName === "input"
    switch (name) {
      case "textContent": return this.words
      case "value": return isField ? this.words : this.progress
      case "max": return this.progress
      case "src": return this.shown
      case "disabled": return this.words?.localName === "p" ? null : this.words
      default: return this.box
    }
  }

  // The value to put there, which may depend on more than what the script has set.
  given(name, set) {
    switch (name) {
      case "textContent": return set[name] ?? (this.words.localName === "button" ? this.label.textContent : null)
      case "className": return `item ${set[name] ?? ""}`
      case "hidden": return set[name] || !Object.keys(set).some(key => key !== "className" && key !== "hidden")
      default: return set[name]
    }
  }

  // The existing part if it has that tag, else a new one in its place.
  part(old, tag) {
    if (old?.localName === tag) return old
    const part = tag && makeElement(tag)
    if (old && part) old.replaceWith(part)
    else if (part) this.box.insertBefore(part, this.shown ?? null)
    else old?.remove()
    return part
  }

  get target() { return this.words ?? this.box }
}

export class Elements {
  constructor({ isOurs, root, report }) {
    const body = { node: root, set: {}, children: [], listening: new WeakSet(), isTheirs: true }
    Object.assign(this, { isOurs, root, report, known: new Map([[0, body]]) })
  }

  // A patch says what is new: { title, elements: [{ n, id, tag, set: { name: value or null }, children: [n] }] }.
  // Element 0 is the body. A whole state looks the same, with everything in it; what it leaves out no longer exists.
  apply({ title, elements }, isWhole) {
    if (title !== undefined) this.title(title)
    for (const change of elements) this.change(change, isWhole)
    const left = []
    for (const { n, children } of elements) {
      if (!children) continue
      const entry = this.known.get(n)
      left.push(...entry.children)
      entry.children = children
    }
    for (const { n, children } of elements) {
      for (const child of children ?? []) if (this.known.has(child)) this.known.get(child).parent = n
    }
    // First remove what has left, so that what stays can be put in order.
    for (const n of left) {
      const child = this.known.get(n)
      if (child && !this.known.get(child.parent)?.children.includes(n)) this.remove(n)
    }
    for (const { n, children } of elements) if (children) this.arrange(this.known.get(n).node, children)
  }

  title(text) {
    if (!this.isOurs && !text) return
    document.title = text || this.fallback
    if (this.isOurs) document.getElementById("decart-title").textContent = text || this.fallback
  }

  change({ n, id, tag, set = {} }, isWhole) {
    // Setting something on the body would wipe out a page of the user's own.
    if (n === 0 && !this.isOurs) return
    let entry = this.known.get(n)
    if (!entry) this.known.set(n, entry = this.make(n, id, tag))
    // The page's own scripts may have created it in the meantime.
    else if (!entry.node && (entry.node = document.getElementById(id))) set = { ...entry.set, ...set }
    if (isWhole) for (const name of Object.keys(entry.set)) set[name] ??= null
    for (const [name, value] of Object.entries(set)) {
      if (value === null) delete entry.set[name]
      else entry.set[name] = value
    }
    if (entry.item) entry.item.draw(entry.set)
    else if (entry.node) this.write(entry, Object.keys(set))
    this.listen(n, entry)
  }

  write({ node, set }, names) {
    // A text comes first: it replaces everything in the node, including the video or picture of a `src`.
    const isText = name => name === "textContent"
    const rest = new Set(names.filter(name => !isText(name)))
    if (names.some(isText)) {
      write(node, "textContent", set.textContent ?? null)
      if (set.src) rest.add("src")
    }
    for (const name of rest) write(node, name, set[name] ?? null)
  }

  make(n, id, tag) {
    const entry = { set: {}, children: [], listening: new WeakSet() }
    if (tag) {
      entry.node = makeElement(tag)
      if (id) entry.node.id = id
    } else if (this.isOurs) {
      entry.item = new Item(id)
      entry.node = entry.item.box
    } else {
      entry.node = document.getElementById(id)
      entry.isTheirs = true
      if (!entry.node && document.body.dataset.decart !== "absent") this.report({ type: "missing", n })
    }
    return entry
  }

  arrange(parent, children) {
    if (!parent) return
    // What the script has put there is ordered; what is the user's own stays where it is.
    const entries = children.map(n => this.known.get(n)).filter(entry => entry?.node && !entry.isTheirs)
    const nodes = entries.map(entry => entry.node)
    let before = null
    for (const node of nodes.reverse()) {
      if (node.parentNode !== parent || (before && node.nextSibling !== before)) parent.insertBefore(node, before)
      before = node
    }
  }

  remove(n) {
    const entry = this.known.get(n)
    this.known.delete(n)
    for (const child of entry.children) if (this.known.get(child)?.parent === n) this.remove(child)
    if (!entry.isTheirs) entry.node?.remove()
  }

  listen(n, entry) {
    const node = entry.item?.target ?? entry.node
    if (!node || entry.listening.has(node)) return
    entry.listening.add(node)
    for (const [name, { event: type }] of events) {
      node.addEventListener(type, event => {
        if (!entry.set[name]) return
        if (type === "click") event.preventDefault()
        this.report({ type, n, value: type === "input" ? String(node.value ?? "") : undefined })
      })
    }
  }
}
