import Foundation
import TestSupport
import Testing

/// A file system that really is full: one of 256 KiB, mounted where only the run sees it.
@Suite(.timeLimit(.minutes(5)))
struct FullDiskTests {
    /// Runs `line` with the folder `tiny` full after 256 KiB; "$1" is the program. What is left in that folder is
    /// listed at the end of the output, with sizes.
    private func run(_ command: Command, _ line: String) async throws -> Command.Outcome {
        let inside = """
            mkdir -p tiny && mount -t tmpfs -o size=256k tmpfs tiny || exit 99
            \(line)
            code=$?
            echo "left:"
            find tiny -type f -printf '%f %s\\n'
            exit $code
            """
        try command.scratch.write("inside.sh", inside)
        // Without the rights for a mount, a user namespace of one's own gives them.
        let flags = getuid() == 0 ? "-m" : "-rm"
        let outcome = try await command.runThroughShell("exec unshare \(flags) sh inside.sh \"$1\"")
        #expect(outcome.exitCode != 99, "no file system could be mounted, so this proves nothing: \(outcome.errors)")
        return outcome
    }

    private func left(_ outcome: Command.Outcome) -> [Substring] {
        Array(outcome.output.split(separator: "\n").drop { $0 != "left:" }.dropFirst())
    }

    @Test func `a Blob that does not fit leaves the old file and no other`() async throws {
        let command = try Command()
        let outcome = try await run(
            command,
            """
            printf old >tiny/a.mp4
            "$1" -e 'decart.blob(("x"):rep(1000000), "video/mp4"):save("tiny/a.mp4")'
            """)
        #expect(outcome.exitCode == 1)
        #expect(outcome.errors.contains(#"INVALID_OPTIONS: Cannot write "tiny/a.mp4": the disk is full"#))
        #expect(left(outcome) == ["a.mp4 3"])
    }

    private static let fetch = """
        local decart = require("decart")
        local client = decart.createDecartClient({ baseUrl = arg[1], apiKey = "dct" })
        local ok, e = pcall(client.queue.result, "job_abc", arg[2] and { path = arg[2] })
        print(ok, e, e.data.job_id)
        """

    /// A result of 20 MB, more than is kept in memory.
    private func withResult(
        _ body: @Sendable (String) async throws -> Command.Outcome
    ) async throws -> Command.Outcome {
        let bytes = String(repeating: "x", count: 20_000_000)
        return try await RudeServer.with { _, _ in
            .reply("200 OK", bytes, type: "video/mp4")
        } _: { url in
            try await body(url)
        }
    }

    @Test func `a result that does not fit tells the job's id, and leaves the old file and no other`() async throws {
        let command = try Command()
        try command.scratch.write("fetch.lua", Self.fetch)
        let outcome = try await withResult { url in
            try await run(command, "printf old >tiny/a.mp4; \"$1\" fetch.lua \(url) tiny/a.mp4")
        }
        #expect(outcome.output.contains(#"QUEUE_RESULT_ERROR: Cannot write "tiny/a.mp4": the disk is full"#))
        #expect(outcome.output.contains("ask again with its id, job_abc"))
        #expect(outcome.output.contains("\tjob_abc\n"))
        #expect(left(outcome) == ["a.mp4 3"])
    }

    @Test func `a temporary folder that is full tells where and the job's id, and is left empty`() async throws {
        let command = try Command()
        try command.scratch.write("fetch.lua", Self.fetch)
        let outcome = try await withResult { url in
            try await run(command, "TMPDIR=$PWD/tiny \"$1\" fetch.lua \(url)")
        }
        #expect(outcome.output.contains("QUEUE_RESULT_ERROR: Cannot write"))
        #expect(outcome.output.contains("/tiny\": the disk is full"))
        #expect(outcome.output.contains("\tjob_abc\n"))
        #expect(left(outcome) == [])
    }

    @Test(arguments: ["", "--virtual-time"])
    func `a job whose clip the queue has no room for fails, and says where`(options: String) async throws {
        let command = try Command()
        let outcome = try await run(
            command,
            """
            head -c 1000000 /dev/zero >tiny/fill 2>/dev/null
            TMPDIR=$PWD/tiny "$1" --local \(options) -e '
              local queue = decart.createDecartClient().queue
              local done = queue.submitAndPoll({ model = "lucy-pro-t2v", prompt = "x" })
              print(done.status, done.error)'
            rm tiny/fill
            """)
        #expect(outcome.output.hasPrefix("failed\tThe local queue cannot "), "\(outcome.everything)")
        #expect(outcome.output.contains("/tiny/"))
        #expect(outcome.output.contains("No space left on device"))
        #expect(left(outcome) == [])
    }

    @Test func `an upload that the queue has no room for is refused and leaves nothing`() async throws {
        let command = try Command()
        try command.scratch.write(
            "ask.lua",
            """
            local decart = require("decart")
            local client = decart.createDecartClient({ baseUrl = arg[1], apiKey = "dct" })
            local video = decart.blob(("x"):rep(1000000), "video/mp4")
            local ok, e = pcall(client.queue.submit, { model = "lucy-2.1", prompt = "x", data = video })
            print(ok, e, e.status)
            """)
        let outcome = try await run(
            command,
            """
            TMPDIR=$PWD/tiny "$1" serve >address 2>log &
            while [ ! -s address ]; do sleep 0.05; done
            "$1" ask.lua "$(cat address)"
            kill $!
            wait $!
            """)
        #expect(outcome.output.contains("SUBMIT_UNKNOWN"))
        #expect(outcome.output.contains("\t500\n"))
        #expect(left(outcome) == [])
    }
}
