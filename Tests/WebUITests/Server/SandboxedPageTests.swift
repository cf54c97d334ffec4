import Foundation
import TestSupport
import Testing

/// The page of a script under `--sandbox`, as whoever asks the keeper for it gets it.
@Suite(.timeLimit(.minutes(5)))
struct SandboxedPageTests {
    /// Runs a script that shows one thing, and asks for it as a page does.
    ///
    /// - Parameter before: done in the folder that the program runs in, before the page asks.
    private func shown(
        _ flags: [String], _ source: String, _ before: String = "",
        _ body: (String, RunningProgram) async throws -> Void
    ) async throws {
        let script = try ScratchFile(
            "show.lua",
            """
            os.execute([[\(before)]])
            local picture = document.createElement("img")
            picture.src = \(source)
            document.body:append(picture)
            document.getElementById("go").onclick = function() end
            """)
        try await RunningProgram.with(
            ["--local", "--sandbox", "--allow-run"] + flags + ["--web", script.path], browser: false
        ) { program in
            let address = try await program.address()
            while true {
                let events = try await RawClient.reply(address, "GET", "events?page=a&brief=1")
                try #require(!events.contains("failed"), "\(events)")
                guard events.contains(#""id":"go""#) else { continue }
                let path = events.firstMatch(of: /media\/\w+/).map { String($0.output) } ?? "media/none"
                return try await body(try await RawClient.reply(address, "GET", path), program)
            }
        }
    }

    @Test(arguments: ["--allow-read=shown.txt", "--allow-read=.", "--allow-read"])
    func `a file that the script may read is shown as it is now`(flag: String) async throws {
        try await shown(
            [flag.replacing("=shown.txt", with: "=."), "--allow-write=."], #""shown.txt""#, "echo shown > shown.txt"
        ) { reply, _ in
            #expect(reply.hasPrefix("HTTP/1.1 200") && reply.hasSuffix("shown\n"), "\(reply)")
        }
    }

    @Test(arguments: [
        "/etc/passwd", "FOLDER/../../../../../../etc/passwd", "/proc/self/environ", "FOLDER/link",
        "/proc/self/root/etc/passwd",
    ])
    func `no other file is shown, whatever it is called`(path: String) async throws {
        let scratch = try ScratchFolder()
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("link"), withDestinationPath: "/etc/passwd")
        try await shown(
            ["--allow-read=\(scratch.path)"], "\"\(path.replacing("FOLDER", with: scratch.path))\""
        ) { reply, program in
            #expect(reply.hasPrefix("HTTP/1.1 404"), "\(reply)")
            try await program.says("the page does not show it: The script may not read")
        }
    }

    @Test func `what the script holds is shown without any permission`() async throws {
        try await shown([], #"require("decart").blob("held bytes", "text/plain")"#) { reply, _ in
            #expect(reply.hasPrefix("HTTP/1.1 200") && reply.hasSuffix("held bytes"), "\(reply)")
        }
    }

    @Test(arguments: [
        ([], "img-src 'self'; "), (["--allow-net=a.test,b.test:81"], "img-src 'self' a.test b.test:81; "),
        (["--allow-net"], "img-src 'self' http: https:; "),
        (["--allow-net=a.test,b.test", "--deny-net=a.test"], "img-src 'self' b.test; "),
        (["--allow-net", "--deny-net=a.test"], "img-src 'self'; "),
        (["--allow-all", "--deny-net"], "img-src 'self'; "),
    ])
    func `pictures from elsewhere are those of hosts that are allowed`(flags: [String], rule: String) async throws {
        try await RunningProgram.with(
            ["--local", "--sandbox"] + flags + ["--web", "-e", "require('decart').sleep(1e6)"], browser: false
        ) { program in
            let reply = try await RawClient.reply(try await program.address())
            #expect(reply.contains(rule) && reply.contains(rule.replacing("img-src", with: "media-src")), "\(reply)")
        }
    }

    @Test func `a video is saved only where the script may write`() async throws {
        let show = #"require("decart").displayVideo(require("decart").blob("a video", "video/mp4", "a.mp4"))"#
        try await RunningProgram.with("--local", "--sandbox", "--web", "-e", show, browser: false) { program in
            try await program.says("a video that was shown is lost: The script may not write")
            program.interrupt()
            _ = try await program.end()
            #expect(program.files.isEmpty)
        }
    }

    @Test func `names that no file can have are no fault of the link`() async throws {
        let show = """
            local decart = require("decart")
            local long = ("x"):rep(1e6)
            local video = decart.blob("a video", long, long)
            decart.displayVideo(video, long)
            document.getElementById(long).src = video
            """
        try await RunningProgram.with(
            "--local", "--sandbox", "--allow-write=.", "--web", "-e", show, browser: false
        ) { program in
            try await program.says("a video that was shown is lost")
            program.interrupt()
            let outcome = try await program.end()
            #expect(!outcome.errors.contains("is ended") && program.files.isEmpty)
        }
    }

    @Test func `a document that is too large stays as it was, and the script goes on`() async throws {
        let script = try ScratchFile(
            "large.lua",
            """
            local decart = require("decart")
            document.getElementById("first").textContent = "small"
            decart.sleep(200)
            for number = 1, 10001 do document.getElementById("n" .. number) end
            decart.sleep(200)
            io.stderr:write("went on\\n")
            decart.sleep(1e6)
            """)
        try await RunningProgram.with("--local", "--sandbox", "--web", script.path, browser: false) { program in
            let address = try await program.address()
            try await program.says("went on")
            try await program.says("the document has more than can be shown under --sandbox")
            let events = try await RawClient.reply(address, "GET", "events?page=a&brief=1")
            #expect(events.contains("small") && !events.contains(#""id":"n1""#))
        }
    }
}
