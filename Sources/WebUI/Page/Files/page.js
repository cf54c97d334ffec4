// Keeps the page in step with the script: a stream of server-sent events comes in, what people press and type goes out.
import { Elements } from "./elements.js"
import { Notices } from "./notices.js"

const address = path => new URL(path, import.meta.url)
// Identifies this page. `crypto.randomUUID` works on secure pages only, which one on a local network is not.
const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("")
const isOurs = document.body.dataset.decart === "ours"
const notices = Notices.place()
const elements = new Elements({ isOurs, root: document.getElementById("decart-root") ?? document.body, report })

// In the order in which things happened: each action waits for the one before it.
let reporting = Promise.resolve()

function report(action) {
  reporting = reporting.then(() => send(action), () => send(action))
}

async function send(action) {
  const reply = await fetch(address("action"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(action),
  }).catch(() => null)
  if (!reply) notices.warn("That did not reach the script: there is no connection.")
  else if (!reply.ok) notices.warn(await reply.text())
}

// The server sends something every ten seconds. A stream that is silent for longer is dead, whatever the browser
// thinks.
const silence = 25000
const patience = [500, 1000, 2000, 4000]
let source, watchdog, last
let version
let failures = 0
let isOver = false

// A browser opens at most six connections to a server, and a stream occupies one. So of all the tabs that
// show this page, three have a stream. The others ask every second, until one of those is closed.
const places = 3
const betweenPolls = 1000
let hasPlace = !navigator.locks

function takePlace(number, options) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(`${address("events")} ${number}`, options, lock => {
      resolve(Boolean(lock))
      // Held for as long as the page is open.
      return lock && new Promise(() => {})
    }).catch(reject)
  })
}

async function findPlace() {
  for (let number = 0; number < places && !hasPlace; number++) hasPlace = await takePlace(number, { ifAvailable: true })
  if (hasPlace) return
  takePlace(Math.floor(Math.random() * places), {}).then(() => {
    hasPlace = true
    if (!isOver) connect()
  })
}

// A tab without a stream would notice the end only by a failed request.
const tabs = new BroadcastChannel(address("events").href)
tabs.onmessage = () => end()

function heard(event) {
  if (event.lastEventId) last = event.lastEventId
  failures = 0
  notices.connected()
  clearTimeout(watchdog)
  watchdog = setTimeout(again, silence)
}

function connect() {
  clearTimeout(watchdog)
  source?.close()
  const stream = address("events")
  stream.searchParams.set("page", page)
  if (last) stream.searchParams.set("after", last)
  if (!hasPlace) stream.searchParams.set("brief", "yes")
  source = new EventSource(stream)
  watchdog = setTimeout(again, silence)
  source.addEventListener("hello", event => { heard(event); greet(JSON.parse(event.data)) })
  source.addEventListener("beat", heard)
  source.addEventListener("state", event => { heard(event); elements.apply(JSON.parse(event.data), true) })
  source.addEventListener("patch", event => { heard(event); elements.apply(JSON.parse(event.data), false) })
  source.addEventListener("run", event => { heard(event); notices.run(JSON.parse(event.data)) })
  source.addEventListener("reload", () => location.reload())
  source.addEventListener("later", event => {
    heard(event)
    source.close()
    clearTimeout(watchdog)
    watchdog = setTimeout(connect, betweenPolls)
  })
  source.addEventListener("end", () => {
    end()
    tabs.postMessage("end")
  })
  source.addEventListener("error", again)
}

function greet(hello) {
  elements.fallback = hello.title
  version ??= hello.version
  // The user's file has changed while there was no connection.
  if (version !== hello.version) location.reload()
}

function end() {
  isOver = true
  clearTimeout(watchdog)
  source?.close()
  notices.ended()
}

function again() {
  if (isOver) return
  clearTimeout(watchdog)
  source.close()
  notices.reconnecting(failures > patience.length)
  watchdog = setTimeout(connect, patience[Math.min(failures++, patience.length - 1)])
}

addEventListener("pagehide", () => {
  clearTimeout(watchdog)
  source?.close()
  navigator.sendBeacon(address(`goodbye?page=${page}`))
})
// Back from the browser's memory, or from a sleeping phone's.
addEventListener("pageshow", event => { if (event.persisted && !isOver) connect() })
addEventListener("online", () => { if (!isOver && source?.readyState === EventSource.CLOSED) connect() })

// Without locks, as on a page that is not secure, each tab has a stream.
findPlace().catch(() => { hasPlace = true }).then(connect)
