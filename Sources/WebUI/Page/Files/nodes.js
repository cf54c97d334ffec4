// Makes the page's nodes and puts properties on them, one by one. Text goes in as text, never as HTML.
import { properties, roles } from "./vocabulary.js"

// undefined for a tag of the user's own page that scripts do not make.
const roleOf = node => roles[node.localName]

export function makeMedia(isVideo, label) {
  const node = document.createElement(isVideo ? "video" : "img")
  if (isVideo) Object.assign(node, { controls: true, playsInline: true, preload: "auto" })
  if (label) setLabel(node, label)
  return node
}

export function makeElement(tag) {
  if (roles[tag] === "media") return makeMedia(tag === "video", "")
  const node = document.createElement(tag)
  if (roles[tag] === "bar") node.max = properties.max.fallback
  return node
}

// The label of an element that shows no text of its own.
function setLabel(node, text) {
  node.title = text
  node.ariaLabel = text || null
  if (node.localName === "img") node.alt = text
  if (roleOf(node) === "field") node.placeholder = text
}

function writeText(node, text) {
  if (["bar", "media", "field"].includes(roleOf(node))) setLabel(node, text)
  else if (node.textContent !== text) node.textContent = text
}

function writeValue(node, value) {
  if (roleOf(node) === "bar") {
    // Assigned even if it seems to be there: a bar without a value reads as 0, and is indeterminate.
    if (Number.isFinite(Number(value ?? NaN))) node.value = Number(value)
    else node.removeAttribute("value")
  } else if (String(node.value) !== String(value ?? "")) {
    node.value = value ?? ""
  }
}

// Where a `src` may lead: to this server and to the web, not to a script in an address.
const web = new Set(["http:", "https:"])
function addressOf(source) {
  const url = new URL(source.url, import.meta.url)
  return web.has(url.protocol) ? url.href : ""
}

function writeSource(node, source) {
  if (roleOf(node) !== "media") {
    // It is shown inside an element that is not itself a picture or video.
    let inner = node.querySelector(":scope > video, :scope > img")
    const tag = source?.isVideo ? "video" : "img"
    if (inner && (!source || inner.localName !== tag)) { inner.remove(); inner = null }
    if (source && !inner) node.append(inner = makeMedia(source.isVideo, node.id))
    node = inner
  }
  const url = source ? addressOf(source) : ""
  if (!node || node.src === url) return
  if (url) node.src = url
  else node.removeAttribute("src")
}

const writers = {
  text(node, name, value) {
    if (name === "textContent") writeText(node, value ?? "")
    else node[name] = value ?? ""
  },
  number(node, name, value) { node[name] = value ?? (roleOf(node) === "bar" ? properties[name].fallback : "") },
  numberOrText(node, name, value) { writeValue(node, value) },
  flag(node, name, value) { node[name] = Boolean(value) },
  media(node, name, value) { writeSource(node, value) },
  // `Elements` listens for them.
  event() {},
}

// null means that the property is no longer set.
export function write(node, name, value) {
  writers[properties[name].type](node, name, value)
}
