// Draws the script's elements, on our page or on the user's own. Text goes in as text, never as HTML.

const tags = new Set([
  "p", "span", "div", "h1", "h2", "progress", "video", "img", "button", "input", "a", "pre", "ul", "li", "table",
  "tr", "td",
])

// Where a `src` may lead: to this server and to the web, not to a script in an address.
const web = new Set(["http:", "https:"])
function addressOf(source) {
  const url = new URL(source.url, import.meta.url)
  return web.has(url.protocol) ? url.href : ""
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties)
}

function makeMedia(isVideo, label) {
  if (!isVideo) return make("img", { alt: label })
  const video = make("video", { controls: true, playsInline: true, preload: "auto" })
  video.setAttribute("aria-label", label)
  return video
}

// An element known by its id alone: it takes its shape from what is set on it.
class Item {
  constructor(id) {
    this.box = make("div", { className: "item", id })
    this.label = make("span", { className: "label", textContent: id })
    this.label.id = `${id}-label`
    this.box.append(this.label)
  }

  draw(set) {
    this.text(set)
    this.bar(set)
    this.media(set)
    this.box.hidden = Boolean(set.hidden) || !Object.keys(set).some(name => name !== "className" && name !== "hidden")
    this.box.className = `item ${set.className ?? ""}`
  }

  text(set) {
    const tag = set.onclick ? "button" : set.oninput ? "input" : set.textContent === undefined ? null : "p"
    this.words = this.part(this.words, tag)
    if (!this.words) return
    this.words.classList.add("words")
    if (tag === "p") Object.assign(this.words, { role: "status", ariaLive: "polite" })
    if (tag === "input") {
      this.words.setAttribute("aria-labelledby", this.label.id)
      const value = String(set.value ?? "")
      if (this.words.value !== value) this.words.value = value
    } else {
      const text = set.textContent ?? this.label.textContent
      if (this.words.textContent !== text) this.words.textContent = text
    }
    this.label.hidden = tag === "button"
    if (tag !== "p") this.words.disabled = Boolean(set.disabled)
  }

  bar(set) {
    const hasBar = set.value !== undefined && !set.oninput
    this.progress = this.part(this.progress, hasBar ? "progress" : null)
    this.share = this.part(this.share, hasBar ? "span" : null)
    if (!hasBar) return
    const max = set.max ?? 100
    const value = Number(set.value)
    this.progress.max = max > 0 ? max : 1
    if (Number.isFinite(value)) this.progress.value = value
    else this.progress.removeAttribute("value")
    this.progress.setAttribute("aria-labelledby", this.label.id)
    this.share.className = "share"
    this.share.textContent = Number.isFinite(value) && max > 0 ? `${Math.round((value / max) * 100)} %` : ""
  }

  media(set) {
    const tag = set.src === undefined ? null : set.src.isVideo ? "video" : "img"
    if (this.shown?.localName !== tag) {
      this.shown?.remove()
      this.shown = tag && makeMedia(tag === "video", this.label.textContent)
      if (this.shown) this.box.append(this.shown)
    }
    if (!tag) return
    const url = addressOf(set.src)
    if (this.shown.src !== url) this.shown.src = url
  }

  // The part that is there if it is of that tag, else a new one in its place.
  part(old, tag) {
    if (old?.localName === tag) return old
    const part = tag && document.createElement(tag)
    if (old && part) old.replaceWith(part)
    else if (part) this.box.insertBefore(part, this.shown ?? null)
    else old?.remove()
    return part
  }

  get target() { return this.words ?? this.box }
}

export class Elements {
  constructor({ isOurs, root, tell }) {
    const body = { node: root, set: {}, children: [], isTheirs: true }
    Object.assign(this, { isOurs, root, tell, known: new Map([[0, body]]) })
  }

  // A patch says what is new: { title, elements: [{ n, id, tag, set: { name: value or null }, children: [n] }] }.
  // Element 0 is the body. A whole state is the same with everything in it: what it leaves out is no more.
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
    // Before what stays is put in order: what left has no place in it.
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
    if (n === 0) return
    let entry = this.known.get(n)
    if (!entry) this.known.set(n, entry = this.make(n, id, tag))
    // The page's own scripts may have made it meanwhile.
    else if (!entry.node && (entry.node = document.getElementById(id))) set = { ...entry.set, ...set }
    if (isWhole) for (const name of Object.keys(entry.set)) set[name] ??= null
    for (const [name, value] of Object.entries(set)) {
      if (value === null) delete entry.set[name]
      else entry.set[name] = value
    }
    if (entry.item) entry.item.draw(entry.set)
    else if (entry.node) for (const name of Object.keys(set)) this.set(entry, name, entry.set[name])
    this.listen(n, entry)
  }

  make(n, id, tag) {
    const entry = { set: {}, children: [], listening: new WeakSet() }
    if (tag) {
      entry.node = document.createElement(tags.has(tag) ? tag : "div")
      if (id) entry.node.id = id
      if (tag === "video") Object.assign(entry.node, { controls: true, playsInline: true, preload: "auto" })
      if (tag === "progress") entry.node.max = 100
    } else if (this.isOurs) {
      entry.item = new Item(id)
      entry.node = entry.item.box
    } else {
      entry.node = document.getElementById(id)
      entry.isTheirs = true
      if (!entry.node && document.body.dataset.decart !== "absent") this.tell({ type: "missing", n })
    }
    return entry
  }

  arrange(parent, children) {
    if (!parent) return
    // What the script has put there goes into its order; what is the user's own stays where it is.
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

  // One property of an element that has a tag, or that is the user's own.
  set({ node }, name, value) {
    switch (name) {
      case "textContent":
        if (node.textContent !== (value ?? "")) node.textContent = value ?? ""
        break
      case "src": return this.source(node, value)
      case "max": node.max = value ?? (node.localName === "progress" ? 100 : ""); break
      case "value":
        if (node.localName === "progress" && !Number.isFinite(Number(value ?? NaN))) node.removeAttribute("value")
        else if (String(node.value) !== String(value ?? "")) node.value = value ?? ""
        break
      case "className": node.className = value ?? ""; break
      case "hidden": case "disabled": node[name] = Boolean(value); break
    }
  }

  source(node, value) {
    if (node.localName !== "video" && node.localName !== "img") {
      let inner = node.querySelector(":scope > video, :scope > img")
      const tag = value?.isVideo ? "video" : "img"
      if (inner && inner.localName !== tag) { inner.remove(); inner = null }
      if (value && !inner) node.append(inner = makeMedia(value.isVideo, node.id))
      node = inner
    }
    const url = value ? addressOf(value) : ""
    if (!node || node.src === url) return
    if (url) node.src = url
    else node.removeAttribute("src")
  }

  listen(n, entry) {
    const node = entry.item?.target ?? entry.node
    if (!node || entry.listening.has(node)) return
    entry.listening.add(node)
    node.addEventListener("click", event => {
      if (!entry.set.onclick) return
      event.preventDefault()
      this.tell({ type: "click", n })
    })
    node.addEventListener("input", () => {
      if (entry.set.oninput) this.tell({ type: "input", n, value: String(node.value ?? "") })
    })
  }
}
