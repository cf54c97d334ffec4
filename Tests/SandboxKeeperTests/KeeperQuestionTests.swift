import DecartAPI
import DecartClient
import Foundation
import JobJournal
import JournaledClient
import NIOPosix
import RunClock
import SandboxLink
import SandboxWalls
import ScriptPermissions
import Synchronization
import TestSupport
import Testing

@testable import SandboxKeeper

/// What a script process gets when the user is asked, by raw frames.
@Suite(.timeLimit(.minutes(5)))
struct KeeperQuestionTests {
    /// Says the same to everything, and notes what it was asked.
    final class Prompt: PermissionPrompt {
        let asked = Mutex<[PermissionQuestion]>([])
        private let answer: PermissionAnswer
        private let before: @Sendable () -> Void

        init(_ answer: PermissionAnswer, before: @escaping @Sendable () -> Void = {}) {
            self.answer = answer
            self.before = before
        }

        func ask(_ question: PermissionQuestion) -> PermissionAnswer {
            asked.withLock { $0.append(question) }
            before()
            return answer
        }

        var names: [String] { asked.withLock { $0.map { String(decoding: $0.what, as: UTF8.self) } } }
    }

    /// The script process's end.
    final class Script: Sendable {
        let descriptor: Int32
        private let state = Mutex((decoder: FrameDecoder(.toScript), files: [Int32]()))

        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }

        func send(_ frames: Frame...) {
            let bytes = frames.flatMap(\.bytes)
            #expect(Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
        }

        func open(_ way: LinkedOpening.Way, _ path: String, number: UInt32 = 1) {
            let question = LinkedQuestion.open(LinkedOpening(way: way, path: Array(path.utf8)))
            send(Frame(.question, number, question.payload))
        }

        func frame() async -> Frame? {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [self] in
                    while true {
                        let next = state.withLock { try? $0.decoder.next() }
                        if let next, next.kind != .greeting { return continuation.resume(returning: next) }
                        if next != nil { continue }
                        var buffer = [UInt8](repeating: 0, count: 65536)
                        let received = buffer.withUnsafeMutableBytes { try? HandedFile.receive($0, over: descriptor) }
                        guard let (count, file) = received, count > 0 else {
                            return continuation.resume(returning: nil)
                        }
                        state.withLock { state in
                            if let file { state.files.append(file) }
                            state.decoder.add(buffer[..<count])
                        }
                    }
                }
            }
        }

        func answer() async throws -> LinkedAnswer {
            let frame = try #require(await frame())
            return try LinkedAnswer(frame.payload)
        }

        /// The descriptor that came first of those not taken yet.
        func file() -> FileHandle? {
            let file = state.withLock { $0.files.isEmpty ? nil : $0.files.removeFirst() }
            return file.map { FileHandle(fileDescriptor: $0, closeOnDealloc: true) }
        }
    }

    private func with(
        _ prompt: Prompt, permissions: Permissions = Permissions(),
        _ body: (Script, ScratchFolder, KeeperSessionTests.News) async throws -> Void
    ) async throws {
        let scratch = try ScratchFolder()
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let clock = SystemClock()
        let news = KeeperSessionTests.News()
        let group = MultiThreadedEventLoopGroup.singleton
        let elsewhere = ElsewhereTransports(on: group, clock: clock, configuration: .init()) { _, _ in
            [NetworkAddress(bytes: [127, 0, 0, 1])].compactMap { $0 }
        }
        let settings = KeeperSettings(
            paid: nil, transport: { () throws(DecartError) in throw DecartError(.networkError, "none") },
            elsewhere: elsewhere, permissions: permissions,
            files: ScriptFiles(script: BytePath(scratch.file("s.lua")), named: []),
            mayPay: false, clock: clock, news: news, prompt: prompt)
        let session = try await KeeperSession.start(settings, socket: ends[0], on: group, greeting: [])
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(Script(ends[1]), scratch, news))
        } catch {
            outcome = .failure(error)
        }
        await session.stop()
        await elsewhere.shutdown()
        try outcome.get()
    }

    private func real(_ scratch: ScratchFolder, _ name: String) -> String {
        URL(fileURLWithPath: scratch.path).resolvingSymlinksInPath().path + "/" + name
    }

    private func isRefused(_ script: Script) async -> Bool {
        if case .none(_, isRefusal: true)? = try? await script.answer() { true } else { false }
    }

    @Test func `after a yes the file comes as a descriptor, among other answers, and is asked for each time`()
        async throws
    {
        let prompt = Prompt(.once)
        try await with(prompt) { script, scratch, _ in
            try scratch.write("a", "what is in it")
            for round in UInt32(0)..<3 {
                script.open(.read, scratch.file("a"), number: 2 * round + 1)
                script.send(Frame(.question, 2 * round + 2, LinkedQuestion.spend.payload))
                var kinds: Set<UInt32> = []
                for _ in 0..<2 { kinds.insert(try #require(await script.frame()).number) }
                #expect(kinds == [2 * round + 1, 2 * round + 2])
                let file = try #require(script.file())
                #expect(try file.readToEnd() == Data("what is in it".utf8))
                #expect(script.file() == nil)
            }
            #expect(prompt.names == Array(repeating: real(scratch, "a"), count: 3))
        }
    }

    @Test func `always is asked once, for that kind of access`() async throws {
        let prompt = Prompt(.always)
        try await with(prompt) { script, scratch, _ in
            try scratch.write("a", "old")
            for way in [LinkedOpening.Way.read, .read, .write, .append, .update] {
                script.open(way, scratch.file("a"))
                guard case .opened = try await script.answer() else {
                    Issue.record("\(way) was not opened")
                    continue
                }
                if way.writes { script.file()?.write(Data("\(way.mode);".utf8)) } else { _ = script.file() }
            }
            #expect(prompt.asked.withLock { $0.map(\.kinds) } == [[.read], [.write]])
            #expect(scratch.text("a") == "r+;;")
        }
    }

    @Test func `what is shown is where a path leads to, and that is what is opened`() async throws {
        let prompt = Prompt(.once)
        try await with(prompt) { script, scratch, _ in
            try scratch.write("secret", "s")
            try FileManager.default.createSymbolicLink(
                atPath: scratch.file("innocent"), withDestinationPath: scratch.file("secret"))
            script.open(.read, scratch.file("innocent"))
            _ = try await script.answer()
            #expect(try script.file()?.readToEnd() == Data("s".utf8))
            #expect(prompt.names == [real(scratch, "secret")])
        }
    }

    @Test func `a path that becomes a link while somebody decides is refused`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("secret", "s")
        let plain = real(scratch, "plain")
        let secret = real(scratch, "secret")
        try scratch.write("plain", "p")
        let prompt = Prompt(.once) {
            unlink(plain)
            symlink(secret, plain)
        }
        try await with(prompt) { script, _, _ in
            script.open(.read, plain)
            #expect(await isRefused(script))
            #expect(script.file() == nil)
        }
    }

    @Test func `what is no file of somebody's is not opened, whatever the answer`() async throws {
        try await with(Prompt(.once)) { script, scratch, _ in
            mkfifo(scratch.file("pipe"), 0o600)
            for path in [
                "/proc/self/environ", "/proc/self/mem", "/dev/tty", "/dev/zero", scratch.file("pipe"), scratch.path,
            ] {
                for way in [LinkedOpening.Way.read, .write] {
                    script.open(way, path)
                    if case .opened = try await script.answer() { Issue.record("\(path) was opened") }
                }
            }
            #expect(script.file() == nil)
        }
    }

    @Test(arguments: ["relative", "", "/a\u{0}b", "/nowhere/at/all", "/tmp/", "/tmp/.."])
    func `a path that can be nobody's is not asked about`(_ path: String) async throws {
        let prompt = Prompt(.once)
        try await with(prompt) { script, _, _ in
            script.open(.write, path)
            if case .opened = try await script.answer() { Issue.record("it was opened") }
            #expect(!prompt.names.contains(path))
        }
    }

    @Test func `what was taken away is not asked about`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("a", "a")
        var permissions = Permissions()
        permissions.read.deny([Array(real(scratch, "").dropLast().utf8)])
        permissions.net.deny([Array("bad.test".utf8)])
        let prompt = Prompt(.always)
        try await with(prompt, permissions: permissions) { script, _, _ in
            script.open(.read, scratch.file("a"))
            #expect(await isRefused(script))
            let request = LinkedRequest(method: .get, url: "http://bad.test/")
            script.send(Frame(.request, 2, request.payload))
            #expect(await script.frame()?.kind == .failure)
            #expect(prompt.names.isEmpty)
        }
    }

    @Test func `a no is an answer for good, and opens nothing`() async throws {
        let prompt = Prompt(.no)
        try await with(prompt) { script, scratch, _ in
            for _ in 0..<3 {
                script.open(.write, scratch.file("new"))
                #expect(await isRefused(script))
            }
            #expect(prompt.names.count == 1)
            #expect(scratch.text("new") == nil)
        }
    }

    @Test func `a host is asked for with its port, and a name may lead to no machine near by`() async throws {
        let prompt = Prompt(.always)
        try await with(prompt) { script, _, _ in
            for number in UInt32(1)...2 {
                let request = LinkedRequest(method: .post, url: "http://Near.test:81/x", body: .bytes(size: 1))
                script.send(
                    Frame(.request, number, request.payload), Frame(.body, number, [1]), Frame(.bodyEnd, number))
                let frame = try #require(await script.frame())
                #expect(frame.kind == .failure)
                let failure = try LinkedFailure(frame.payload).failure
                #expect(failure.refusal?.message.contains("has an address of this machine's") == true)
            }
            #expect(prompt.names == ["near.test:81"])
        }
    }

    @Test func `a request that is let go of while somebody decides is not made`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let prompt = Prompt(.always) { gate.wait() }
        try await with(prompt) { script, _, _ in
            let request = LinkedRequest(method: .get, url: "http://127.0.0.1:1/")
            script.send(Frame(.request, 1, request.payload), Frame(.cancel, 1))
            let frame = try #require(await script.frame())
            #expect(try LinkedFailure(frame.payload).failure.kind == .cancelled)
            // Its number may be another's by now, who is asked about too.
            script.send(Frame(.request, 1, request.payload))
            gate.signal()
            #expect(await script.frame()?.kind == .failure)
            #expect(prompt.names == ["127.0.0.1:1"])
        }
    }
}
