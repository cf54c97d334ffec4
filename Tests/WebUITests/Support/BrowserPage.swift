import DecartAPI
import Foundation
import Testing

/// A tab of the browser's, with a profile of its own.
struct BrowserPage: Sendable {
    let browser: Chromium
    let session: String
    let target: String

    /// Opens `url`; `body` is given the page, which is closed after it.
    static func with<Value>(
        _ url: String, width: Int = 1000, height: Int = 700, dark: Bool = false, reducedMotion: Bool = false,
        _ body: (BrowserPage) async throws -> Value
    ) async throws -> Value {
        let browser = try await Chromium.shared()
        let profile = try await browser.call("Target.createBrowserContext")["browserContextId"] ?? .null
        let made = try await browser.call("Target.createTarget", ["url": "about:blank", "browserContextId": profile])
        let target = made["targetId"]?.text ?? ""
        let attached = try await browser.call(
            "Target.attachToTarget", ["targetId": .string(target), "flatten": true])
        let page = BrowserPage(browser: browser, session: attached["sessionId"]?.text ?? "", target: target)
        let outcome: Result<Value, any Error>
        do {
            try await page.call(
                "Emulation.setDeviceMetricsOverride",
                [
                    "width": .integer(Int64(width)), "height": .integer(Int64(height)), "deviceScaleFactor": 1,
                    "mobile": .bool(width < 600),
                ])
            try await page.call(
                "Emulation.setEmulatedMedia",
                [
                    "features": [
                        ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"],
                        ["name": "prefers-reduced-motion", "value": reducedMotion ? "reduce" : "no-preference"],
                    ]
                ])
            try await page.call("Page.navigate", ["url": .string(url)])
            outcome = .success(try await body(page))
        } catch {
            outcome = .failure(error)
        }
        // So that the page can say goodbye, as it does when its tab is closed.
        _ = try? await page.call("Page.navigate", ["url": "about:blank"])
        _ = try? await page.evaluate("1")
        _ = try? await browser.call("Target.closeTarget", ["targetId": .string(target)])
        _ = try? await browser.call("Target.disposeBrowserContext", ["browserContextId": profile])
        return try outcome.get()
    }

    @discardableResult
    func call(_ method: String, _ parameters: JSONValue = [:]) async throws -> JSONValue {
        try await browser.call(method, parameters, session: session)
    }

    /// The value of a JavaScript expression, awaited if it is a promise.
    @discardableResult
    func evaluate(_ code: String) async throws -> JSONValue {
        let answer = try await call(
            "Runtime.evaluate",
            ["expression": .string(code), "awaitPromise": true, "returnByValue": true, "userGesture": true])
        if let problem = answer["exceptionDetails"] {
            throw Chromium.Failure(description: problem["exception"]?["description"]?.text ?? "\(problem)")
        }
        return answer["result"]?["value"] ?? .null
    }

    /// Lets the page look again and again until the expression is true; fails after ten seconds.
    func expects(_ condition: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let watch = """
            new Promise(tell => {
              const end = performance.now() + 30000
              const look = () => {
                let seen = false
                try { seen = (\(condition)) } catch { }
                if (seen || performance.now() > end) tell(!!seen); else setTimeout(look, 15)
              }
              look()
            })
            """
        for _ in 1...5 {
            do {
                let seen = try await evaluate(watch)
                if seen != true {
                    let text = try await evaluate("document.body.innerText")
                    Issue.record("not seen in the page: \(condition)\n\(text)", sourceLocation: sourceLocation)
                }
                return
            } catch let failure as Chromium.Failure where failure.isOfPageGone {
                // The page was loaded anew meanwhile: look at the new one.
                continue
            }
        }
        Issue.record("the page is loaded again and again: \(condition)", sourceLocation: sourceLocation)
    }

    /// Clicks, as a mouse does, what the selector finds.
    func click(_ selector: String) async throws {
        let place = try await evaluate(
            """
            (() => {
              const element = document.querySelector(\(JSONValue.string(selector).serializedText))
              element.scrollIntoView({ block: "center" })
              const box = element.getBoundingClientRect()
              return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
            })()
            """)
        for type in ["mousePressed", "mouseReleased"] {
            try await call(
                "Input.dispatchMouseEvent",
                [
                    "type": .string(type), "x": place["x"] ?? 0, "y": place["y"] ?? 0, "button": "left",
                    "clickCount": 1,
                ])
        }
    }

    /// Types into what has the focus.
    func type(_ text: String) async throws {
        try await call("Input.insertText", ["text": .string(text)])
    }

    func press(_ key: String, code: Int64) async throws {
        for type in ["keyDown", "keyUp"] {
            try await call(
                "Input.dispatchKeyEvent",
                [
                    "type": .string(type), "key": .string(key), "code": .string(key),
                    "windowsVirtualKeyCode": .integer(code), "text": .string(key == "Enter" ? "\r" : ""),
                ])
        }
    }

    /// With `DECART_LUA_SCREENSHOTS` naming a folder, keeps a picture of the page there for a person to look at.
    func screenshot(_ name: String) async throws {
        guard let folder = ProcessInfo.processInfo.environment["DECART_LUA_SCREENSHOTS"] else { return }
        let shot = try await call("Page.captureScreenshot", ["format": "png"])
        let bytes = Data(base64Encoded: shot["data"]?.text ?? "") ?? Data()
        try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
    }
}
