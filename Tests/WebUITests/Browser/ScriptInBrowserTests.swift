import DecartAPI
import Foundation
import TestSupport
import Testing

extension BrowserTests {
    /// Scripts run as users run them, with their page in Chromium: by themselves, and behind the walls of `--sandbox`, where
    /// the page is the keeper's.
    @Suite
    struct ScriptInBrowserTests {
        private static func walls(_ isSandboxed: Bool) -> [String] {
            isSandboxed ? ["--sandbox", "--allow-all"] : []
        }

        /// Jobs that are paid for need a cap then, and a journal that it is held by.
        private static func paying(_ isSandboxed: Bool, _ scratch: ScratchFolder) -> [String] {
            walls(isSandboxed) + (isSandboxed ? ["--cap", "100", "--journal", scratch.file("journal")] : [])
        }

        @Test(arguments: [false, true])
        func `the status display moves its line and its bar, and shows the video`(isSandboxed: Bool) async throws {
            let examples = Repository.root + "/scripts/examples/"
            // Under a cap nothing is submitted whose price nobody knows.
            let source = try String(contentsOfFile: examples + "status_display.lua", encoding: .utf8)
            let script = try ScratchFile(
                "status_display.lua", source.replacing("lucy-pro-i2v", with: "lucy-restyle-2"))
            let scratch = try ScratchFolder()
            try await SteppedQueue.with { queue in
                try await RunningProgram.with(
                    queue.words + Self.paying(isSandboxed, scratch) + ["--web", script.path, examples + "clip.mp4"]
                ) {
                    program in
                    let address = try await program.address()
                    try await BrowserPage.with(address, width: 900, height: 660, reducedMotion: true) { page in
                        try await page.expects("document.title === 'status_display.lua'")
                        try await page.expects("document.querySelector('#progress progress')?.value === 25")
                        queue.process()
                        try await page.expects("document.querySelector('#progress progress')?.value === 50")
                        try await page.expects(
                            "document.querySelector('#status p').textContent === 'Generating video...'")
                        queue.complete()
                        try await page.expects("document.querySelector('#status p').textContent === 'Complete!'")
                        try await page.expects("document.querySelector('#progress progress').value === 100")
                        try await page.expects("document.querySelector('video')?.readyState >= 3")
                        try await page.expects(Self.pill("finished"))
                        if !isSandboxed { try await page.screenshot("status_display") }
                    }
                    // The page has been closed: the run is over.
                    let outcome = try await program.end()
                    #expect(outcome.status == 0)
                    #expect(outcome.errors.contains("the script has ended; the page is still there until it is closed"))
                    // It was seen, so it is not saved.
                    #expect(program.files.isEmpty)
                }
            }
        }

        @Test(arguments: ["", "os.exit(3)", "error('no')", "require('decart').sleep(100000)"], [false, true])
        func `a video that no page has come for is saved, whichever way the run ends`(
            end: String, isSandboxed: Bool
        ) async throws {
            let script = try ScratchFile(
                "show.lua",
                """
                local decart = require("decart")
                local video = decart.blob("not much of a video", "video/mp4", "a.mp4")
                decart.displayVideo(video)
                decart.displayVideo(video, "b.mp4")
                document.getElementById("status").textContent = "shown"
                \(end)
                """)
            try await RunningProgram.with(Self.walls(isSandboxed) + ["--local", "--web", script.path]) { program in
                try await program.says(end.contains("sleep") ? "shown" : "b.mp4 (19 bytes): no page has shown it")
                program.interrupt()
                let outcome = try await program.end()
                #expect(outcome.errors.contains("saved a.mp4 (19 bytes): no page has shown it"))
                #expect(program.files == ["a.mp4", "b.mp4"])
            }
        }

        @Test(arguments: [false, true], [false, true])
        func `a video that a page shows is saved at Ctrl-C, which leaves the page without it`(
            scriptHasEnded: Bool, isSandboxed: Bool
        ) async throws {
            let script = try ScratchFile(
                "show.lua",
                """
                local decart = require("decart")
                decart.displayVideo(decart.blob("not much of a video", "video/mp4", "a.mp4"))
                local button = document.getElementById("end")
                button.onclick = function() button.onclick = nil end
                """)
            try await RunningProgram.with(Self.walls(isSandboxed) + ["--local", "--web", script.path]) { program in
                try await BrowserPage.with(try await program.address()) { page in
                    // What it has fetched is no video.
                    try await page.expects("document.querySelector('video')?.error?.code > 0")
                    if scriptHasEnded {
                        try await page.click("#end button")
                        try await page.expects(Self.pill("finished"))
                    }
                    program.interrupt()
                    let outcome = try await program.end()
                    #expect(outcome.errors.contains("saved a.mp4 (19 bytes): the page cannot show it any more"))
                    #expect(program.files == ["a.mp4"])
                }
            }
        }

        @Test(arguments: [(0, "finished"), (3, "failed")], [false, true])
        func `os.exit tells the pages, with what was set last`(
            exit: (code: Int, outcome: String), isSandboxed: Bool
        ) async throws {
            let (code, outcome) = exit
            let script = try ScratchFile(
                "leave.lua",
                """
                local button = document.getElementById("leave")
                button.textContent = "Leave"
                button.onclick = function()
                  document.getElementById("status").textContent = "the last word"
                  os.exit(\(code))
                end
                """)
            try await RunningProgram.with(Self.walls(isSandboxed) + ["--local", "--web", script.path]) { program in
                let address = try await program.address()
                try await BrowserPage.with(address) { page in
                    try await page.expects("document.querySelector('#leave button')")
                    try await page.click("#leave button")
                    #expect(try await program.end().status == Int32(code))
                    let pill = "\(Self.notices).querySelector('.pill').textContent"
                    try await page.expects("\(pill).startsWith('\(outcome); decart-lua has ended')")
                    try await page.expects("document.querySelector('#status p').textContent === 'the last word'")
                }
            }
        }

        @Test(arguments: [false, true])
        func `the gallery makes three videos at the press of a button`(isSandboxed: Bool) async throws {
            let examples = Repository.root + "/scripts/examples/"
            let (html, script) = (examples + "gallery.html", examples + "gallery.lua")
            let scratch = try ScratchFolder()
            try await SteppedQueue.with { queue in
                try await RunningProgram.with(
                    queue.words + Self.paying(isSandboxed, scratch) + ["--page", html, script]
                ) { program in
                    let address = try await program.address()
                    try await BrowserPage.with(address, width: 1000, height: 620) { page in
                        try await page.expects("document.getElementById('make')?.textContent === 'Make three videos'")
                        // The script has nothing else to do: it is there for the page.
                        try await page.evaluate("(s => { s.focus(); s.select() })(document.getElementById('style'))")
                        try await page.type("A fox")
                        try await page.click("#make")
                        try await page.expects("document.getElementById('make').disabled")
                        try await page.expects("document.querySelectorAll('.tile progress').length === 3")
                        try await page.expects("document.querySelector('.tile h2').textContent === 'A fox at dawn'")
                        let tiles = "[...document.querySelectorAll('.tile p')]"
                        try await page.expects("\(tiles).every(p => p.textContent === 'pending')")
                        queue.process()
                        try await page.expects("\(tiles).every(p => p.textContent === 'processing')")
                        if !isSandboxed { try await page.screenshot("gallery-making") }
                        queue.complete()
                        try await page.expects("document.querySelectorAll('video').length === 3")
                        try await page.expects("[...document.querySelectorAll('video')].every(v => v.readyState >= 3)")
                        try await page.expects("!document.getElementById('make').disabled")
                        if !isSandboxed { try await page.screenshot("gallery") }
                    }
                    let outcome = try await program.end()
                    #expect(outcome.status == 0)
                }
            }
        }

        @Test(arguments: [false, true])
        func `a script that fails shows why, and Ctrl-C ends it`(isSandboxed: Bool) async throws {
            let script = try ScratchFile(
                "look.lua",
                """
                document.getElementById("status").textContent = "looking"
                local decart = require("decart")
                decart.sleep(100)
                decart.createDecartClient().queue.status("job_nope")
                """)
            try await RunningProgram.with(Self.walls(isSandboxed) + ["--local", "--web", script.path]) { program in
                let address = try await program.address()
                try await BrowserPage.with(address) { page in
                    try await page.expects("\(Self.notices).querySelector('dialog').open")
                    let trace = "\(Self.notices).querySelector('pre').textContent"
                    try await page.expects("\(trace).includes('look.lua:4: NOT_FOUND')")
                    try await page.expects("document.querySelector('#status p').textContent === 'looking'")
                    program.interrupt()
                    let outcome = try await program.end()
                    #expect(outcome.status == 1)
                    let pill = "\(Self.notices).querySelector('.pill').textContent"
                    try await page.expects("\(pill).startsWith('failed; decart-lua has ended')")
                }
            }
        }

        @Test(arguments: [false, true])
        func `a script that blocks does not hold up the page`(isSandboxed: Bool) async throws {
            let script = try ScratchFile(
                "block.lua",
                """
                local decart = require("decart")
                document.getElementById("status").textContent = "before"
                decart.sleep(10)
                io.popen("cat"):close()
                """)
            try await RunningProgram.with(Self.walls(isSandboxed) + ["--local", "--web", script.path]) { program in
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
