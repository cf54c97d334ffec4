// What the page says about itself: whether it is connected, how the run ended, what went wrong. In a shadow tree, so
// that a user's page and this do not restyle each other.

const words = {
  connecting: "connecting…",
  live: "live",
  reconnecting: "reconnecting…",
  lost: "reconnecting… decart-lua may have ended",
  finished: "finished",
  failed: "failed",
  ended: "decart-lua has ended; this page stays as it is",
}

export class Notices {
  static place() {
    let host = document.querySelector("decart-notices")
    if (!host) {
      host = document.createElement("decart-notices")
      document.body.append(host)
    }
    return new Notices(host)
  }

  constructor(host) {
    this.host = host
    this.errors = []
    this.connection = "connecting"
    this.outcome = "live"
    const root = host.attachShadow({ mode: "open" })
    const style = document.createElement("link")
    style.rel = "stylesheet"
    style.href = new URL("notices.css", import.meta.url)
    this.pill = document.createElement("p")
    this.pill.className = "pill"
    this.pill.role = "status"
    this.pill.ariaLive = "polite"
    this.warning = document.createElement("p")
    this.warning.className = "warning"
    this.warning.role = "alert"
    this.warning.hidden = true
    this.overlay = this.makeOverlay()
    root.append(style, this.pill, this.warning, this.overlay)
    this.show()
  }

  makeOverlay() {
    const overlay = document.createElement("dialog")
    overlay.setAttribute("aria-labelledby", "what")
    const title = document.createElement("h2")
    title.id = "what"
    title.textContent = "An error in the script"
    this.trace = document.createElement("pre")
    this.trace.tabIndex = 0
    const copy = document.createElement("button")
    copy.className = "copy"
    copy.textContent = "Copy"
    copy.autofocus = true
    copy.addEventListener("click", () => this.copy(copy))
    const close = document.createElement("button")
    close.className = "close"
    close.textContent = "Close"
    close.addEventListener("click", () => overlay.close())
    const buttons = document.createElement("div")
    buttons.className = "buttons"
    buttons.append(copy, close)
    overlay.append(title, this.trace, buttons)
    return overlay
  }

  async copy(button) {
    try {
      await navigator.clipboard.writeText(this.trace.textContent)
      button.textContent = "Copied"
    } catch {
      // Not allowed here, so the text is selected for the keyboard to copy.
      getSelection().selectAllChildren(this.trace)
      button.textContent = "Selected: press Ctrl-C"
    }
    setTimeout(() => { button.textContent = "Copy" }, 2000)
  }

  connected() { this.to("connected") }
  // It has lasted too long to be a brief interruption.
  reconnecting(forLong) { this.to(forLong ? "lost" : "reconnecting") }
  ended() { this.to("ended") }

  to(connection) {
    if (this.connection === connection) return
    this.connection = connection
    this.show()
  }

  // { status: "running" | "finished" | "failed", errors: [text] }
  run({ status, errors }) {
    this.outcome = status === "running" ? "live" : status
    const isNews = errors.length > this.errors.length
    this.errors = errors
    if (isNews) {
      this.trace.textContent = errors.join("\n\n")
      if (!this.overlay.open) this.overlay.showModal()
    }
    this.show()
  }

  warn(text) {
    this.warning.textContent = text
    this.warning.hidden = false
    clearTimeout(this.hiding)
    this.hiding = setTimeout(() => { this.warning.hidden = true }, 6000)
  }

  show() {
    const state = this.connection === "connected" ? this.outcome : this.connection
    // How the run ended remains shown even after the connection is gone.
    const text = this.connection === "ended" && this.outcome !== "live"
      ? `${words[this.outcome]}; ${words.ended}` : words[state]
    this.host.dataset.state = state
    if (this.pill.textContent !== text) this.pill.textContent = text
  }
}
