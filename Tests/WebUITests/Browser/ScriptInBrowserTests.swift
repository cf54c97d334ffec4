import DecartAPI
import Foundation
import Testing

extension BrowserTests {
    /// Scripts run as users run them, with their page in Chromium.
    @Suite
    struct ScriptInBrowserTests {
        @Test func `the status display moves its line and its bar, and shows the video`() async throws {
            try await RunningProgram.with("--local", "--web", TestClip.root + "/scripts/examples/status_display.lua") { program in
                let address = try await program.address()
                try await BrowserPage.with(address, width: 900, height: 660, reducedMotion: true) { page in
                    try await page.expects("document.title === 'status_display.lua'")
                    try await page.expects("document.querySelector('#progress progress')?.value === 50")
                    try await page.expects("document.querySelector('#status p').textContent === 'Generating video...'")
                    try await page.expects("document.querySelector('#status p').textContent === 'Complete!'")
                    try await page.expects("document.querySelector('#progress progress').value === 100")
                    try await page.expects("document.querySelector('video')?.readyState >= 3")
                    try await page.expects(Self.pill("finished"))
                    try await page.screenshot("status_display")
                }
                // The page has been closed: the run is over.
                let outcome = try await program.end()
                #expect(outcome.status == 0)
                #expect(outcome.errors.contains("the script has ended; the page is still there until it is closed"))
            }
        }

        @Test func `the gallery makes three videos at the press of a button`() async throws {
            let examples = TestClip.root + "/scripts/examples/"
            try await RunningProgram.with("--local", "--page", examples + "gallery.html", examples + "gallery.lua") { program in
                let address = try await program.address()
                try await BrowserPage.with(address, width: 1000, height: 620) { page in
                    try await page.expects("document.getElementById('make')?.textContent === 'Make three videos'")
                    // The script has nothing else to do: it is there for the page.
                    try await page.evaluate("document.getElementById('subject').focus(), document.getElementById('subject').select()")
                    try await page.type("A fox")
                    try await page.click("#make")
                    try await page.expects("document.getElementById('make').disabled")
                    try await page.expects("document.querySelectorAll('.tile progress').length === 3")
                    try await page.expects("document.querySelector('.tile h2').textContent === 'A fox at dawn'")
                    try await page.expects("[...document.querySelectorAll('.tile p')].every(p => p.textContent === 'processing')")
                    try await page.screenshot("gallery-making")
                    try await page.expects(
                        "document.querySelectorAll('video').length === 3 && [...document.querySelectorAll('video')].every(v => v.readyState >= 3)")
                    try await page.expects("!document.getElementById('make').disabled")
                    try await page.screenshot("gallery")
                }
                let outcome = try await program.end()
                #expect(outcome.status == 0)
            }
        }

        @Test func `a script that fails shows why, and Ctrl-C ends it`() async throws {
            let script = try ScratchFile("look.lua", """
                document.getElementById("status").textContent = "looking"
                local decart = require("decart")
                decart.sleep(100)
                decart.createDecartClient().queue.status("job_nope")
                """)
            try await RunningProgram.with("--local", "--web", script.path) { program in
                let address = try await program.address()
                try await BrowserPage.with(address) { page in
                    try await page.expects("\(Self.notices).querySelector('dialog').open")
                    try await page.expects("\(Self.notices).querySelector('pre').textContent.includes('look.lua:4: NOT_FOUND')")
                    try await page.expects("document.querySelector('#status p').textContent === 'looking'")
                    program.interrupt()
                    let outcome = try await program.end()
                    #expect(outcome.status == 1)
                    try await page.expects("\(Self.notices).querySelector('.pill').textContent.startsWith('failed; decart-lua has ended')")
                }
            }
        }

        @Test func `a script that blocks does not hold up the page`() async throws {
            let script = try ScratchFile("block.lua", """
                local decart = require("decart")
                document.getElementById("status").textContent = "before"
                decart.sleep(10)
                io.popen("cat"):close()
                """)
            try await RunningProgram.with("--local", "--web", script.path) { program in
                let address = try await program.address()
                // `cat` reads what the test never writes: the script's thread stands still.
                try await BrowserPage.with(address) { page in
                    try await page.expects("document.querySelector('#status p')?.textContent === 'before'")
                    try await page.expects(Self.pill("live"))
                }
            }
        }

        private static let notices = "document.querySelector('decart-notices').shadowRoot"

        private static func pill(_ text: String) -> String {
            "\(notices).querySelector('.pill').textContent === '\(text)'"
        }
    }
}
