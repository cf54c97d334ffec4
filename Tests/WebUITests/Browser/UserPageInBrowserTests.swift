import DecartAPI
import Foundation
import LiveDocument
import Testing

@testable import WebUI

extension BrowserTests {
    /// A page of the user's own as Chromium shows it.
    @Suite
    struct UserPageInBrowserTests {
        private static let html = """
            <!doctype html><title>Mine</title><style>p { color: rgb(1, 2, 3) }</style>
            <p id="status">nothing yet</p><progress id="progress" max="200"></progress>
            <div id="clip"></div><button id="go">Go</button><input id="words">
            <script>window.own = "</" + "script>" + '<script src="x">'</script>
            """

        @Test func `its ids are driven, and its own scripts and styles work`() async throws {
            let file = try ScratchFile("mine.html", Self.html)
            let clip = try TestClip.blob()
            try await ServedPage.with(page: file.path) { served in
                let (button, input) = served.show { document in
                    document.set("status", .textContent, .text("<b>Generating</b>"))
                    document.set("progress", .value, .number(50))
                    document.set("clip", .src, .media(.blob(clip)))
                    document.set("go", .onclick, .flag(true))
                    document.set("words", .oninput, .flag(true))
                    return (document.element(named: "go"), document.element(named: "words"))
                }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.getElementById('status').textContent === '<b>Generating</b>'")
                    let colour = "getComputedStyle(document.getElementById('status')).color"
                    try await page.expects("\(colour) === 'rgb(1, 2, 3)'")
                    try await page.expects("window.own.includes('src=\"x\"')")
                    try await page.expects("document.getElementById('progress').position === 0.25")
                    try await page.expects("document.querySelector('#clip video').readyState >= 3")
                    try await page.expects("document.title === 'Mine'")
                    try await page.click("#go")
                    #expect(await served.nextEvent() == DocumentEvent(.click, on: button))
                    try await page.evaluate("document.getElementById('words').focus()")
                    try await page.type("A fox")
                    #expect(await served.nextEvent() == DocumentEvent(.input, on: input, value: "A fox"))
                    // What somebody else brings in does not run, and nothing is fetched from elsewhere.
                    try await page.evaluate(
                        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.taken = true\">')")
                    try await page.expects("document.images[0].complete")
                    #expect(try await page.evaluate("window.taken === undefined") == true)
                }
                // Nothing of the page's own was refused.
                #expect(served.notes.allSatisfy { $0.contains("script in an attribute") || $0.contains("asks for x,") })
            }
        }

        @Test func `it is loaded anew when its file changes`() async throws {
            let file = try ScratchFile("mine.html", Self.html)
            try await ServedPage.with(page: file.path) { served in
                served.show { $0.set("status", .textContent, .text("kept")) }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.getElementById('status').textContent === 'kept'")
                    try file.write("<!doctype html><title>New</title><h2 id=\"status\"></h2>")
                    try await page.expects("document.title === 'New'")
                    try await page.expects("document.querySelector('h2').textContent === 'kept'")
                    try file.remove()
                    try await page.expects("document.body.textContent.includes('cannot be read now')")
                    try file.write(Self.html)
                    try await page.expects("document.querySelector('p').textContent === 'kept'")
                }
                #expect(served.notes.isEmpty)
            }
        }

        @Test func `an id it lacks is told once, and the rest goes on`() async throws {
            let file = try ScratchFile("mine.html", Self.html)
            try await ServedPage.with(page: file.path) { served in
                served.show {
                    $0.set("statsu", .textContent, .text("lost"))
                    $0.set("status", .textContent, .text("there"))
                    $0.set("go", .onclick, .flag(true))
                }
                for _ in 1...2 {
                    try await BrowserPage.with(served.address) { page in
                        try await page.expects("document.getElementById('status').textContent === 'there'")
                        served.show { $0.set("statsu", .value, .number(1)) }
                        // The page's word has been heard when a later one has.
                        try await page.click("#go")
                        _ = await served.nextEvent()
                    }
                }
                let loss = "has no element with the id \"statsu\"; what the script sets on it is not shown there"
                #expect(served.notes == ["\(file.path) \(loss)"])
            }
        }

        @Test func `what the browser refuses to run or load is told once`() async throws {
            let file = try ScratchFile(
                "mine.html",
                """
                <!doctype html><title>Mine</title>
                <p id="status"></p><button id="go" onclick="window.taken = true">Go</button>
                <script src="http://127.0.0.1:1/far.js"></script>
                <link rel="stylesheet" href="http://127.0.0.1:1/far.css">
                <script src="near.js"></script>
                """)
            try await ServedPage.with(page: file.path) { served in
                for _ in 1...2 {
                    try await BrowserPage.with(served.address) { page in
                        try await page.expects("document.getElementById('go')")
                        try await page.click("#go")
                        #expect(try await page.evaluate("window.taken === undefined") == true)
                    }
                }
                // Browsers send them when they have time.
                var notes: [String] = []
                for await note in served.told {
                    notes.append(note.replacing(/:\d+: the browser/, with: ": the browser"))
                    if notes.count == 4 { break }
                }
                let here = "scripts and styles are to stand in the page's own file"
                #expect(
                    notes.sorted() == [
                        "\(file.path): it asks for near.js, but no files beside the page are served; scripts and "
                            + "styles are to stand in the page itself, and pictures and videos to be the src of an element",
                        "\(file.path): the browser has refused a script in an attribute, such as onclick=\"…\"; "
                            + "set it in a <script> of the page, or onclick in the Lua script (script-src-attr)",
                        "\(file.path): the browser has refused http://127.0.0.1:1/far.css; \(here) (style-src-elem)",
                        "\(file.path): the browser has refused http://127.0.0.1:1/far.js; \(here) (script-src-elem)",
                    ])
            }
        }
    }
}
