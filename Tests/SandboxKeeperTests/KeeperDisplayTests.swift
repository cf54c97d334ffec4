import DecartAPI
import Foundation
import LiveDocument
import RunClock
import SandboxLink
import ScriptPermissions
import Synchronization
import TestSupport
import Testing

@testable import SandboxKeeper

/// What a script process that is somebody else by now can do with the keeper's terminal and page.
@Suite(.timeLimit(.minutes(5)))
struct KeeperDisplayTests {
    private final class Display: KeeperDisplay {
        let hasPage: Bool
        let shown = Mutex(LiveDocument())
        let kept = Mutex<[(media: MediaBlob, name: [UInt8])]>([])
        let reports = Mutex<[String]>([])
        let warnings = Mutex<[String]>([])

        init(hasPage: Bool = true) { self.hasPage = hasPage }

        func update(from document: inout LiveDocument) { shown.withLock { $0 = document } }
        func keeps(_ video: MediaBlob, as name: [UInt8]) { kept.withLock { $0.append((video, name)) } }
        func report(_ error: String) { reports.withLock { $0.append(error) } }
        func scriptLeaves() {}
        func warn(_ message: String) { warnings.withLock { $0.append(message) } }
    }

    private let session = KeeperSessionTests()

    private static func patch(_ change: (inout LiveDocument) -> Void) -> [UInt8] {
        var document = LiveDocument()
        change(&document)
        let whole = document.state()
        return LinkedPatch.parts(of: whole) { _ in 1 }.reduce(into: []) { $0 += Frame(.patch, 0, $1).bytes }
    }

    private static func media(_ size: Int, hasContent: Bool = true, fileName: [UInt8]? = nil) -> LinkedMedia {
        LinkedMedia(
            size: size, type: "video/mp4", name: "a.mp4", jobID: "job_1", hasContent: hasContent, fileName: fileName)
    }

    @Test func `a patch is shown and taken, and a video with it has what was sent`() async throws {
        let display = Display()
        try await session.with(display: display) { intruder, _, news in
            intruder.send(
                Frame(.media, 1, Self.media(5, fileName: Array("b.mp4".utf8)).payload).bytes
                    + Frame(.mediaPiece, 1, Array("vid".utf8)).bytes + Frame(.mediaPiece, 1, Array("eo".utf8)).bytes)
            let blob = MediaBlob(storage: .memory([]), size: 0, type: "", name: nil)
            intruder.send(
                Self.patch { document in
                    document.set(.src, of: document.element(named: "v"), to: .media(.blob(blob)))
                })
            #expect(await intruder.frame()?.kind == .patchTaken)
            #expect(news.faults.withLock { $0 }.isEmpty)
            let kept = display.kept.withLock { $0 }
            #expect(kept.map(\.name) == [Array("b.mp4".utf8)])
            let shown = display.shown.withLock { $0 }
            let element = try #require(shown.find(named: "v"))
            guard case .blob(let media)? = shown.media(of: element), case .file(let path, _) = media.storage else {
                Issue.record("no video is shown")
                return
            }
            #expect(media == kept.first?.media && media.size == 5 && media.jobID == "job_1")
            #expect(FileManager.default.contents(atPath: path) == Data("video".utf8))
        }
        // Its file goes with the last who shows it, which the session does for a moment yet.
        let path = display.kept.withLock { kept -> String? in
            guard case .file(let path, _)? = kept.first?.media.storage else { return nil }
            kept = []
            return path
        }
        display.shown.withLock { $0 = LiveDocument() }
        let file = try #require(path)
        while FileManager.default.fileExists(atPath: file) { await Task.yield() }
    }

    @Test func `what people do goes to the script, which says that it has it`() async throws {
        let display = Display()
        let taken = Mutex(0)
        let keeper = Mutex<KeeperSession?>(nil)
        let keep: (KeeperSession) -> Void = { session in keeper.withLock { $0 = session } }
        try await session.with(display: display, onSession: keep) { intruder, _, news in
            let session = try #require(keeper.withLock { $0 })
            session.deliver(DocumentEvent(.input, on: ElementID(number: 3), value: "typed")) {
                taken.withLock { $0 += 1 }
            }
            session.tell(presence: false)
            let frame = try #require(await intruder.frame())
            #expect(frame.kind == .event)
            #expect(try DocumentEvent(frame.payload).value == "typed")
            #expect(await intruder.frame()?.payload == [0])
            #expect(taken.withLock { $0 } == 0)
            // What it is thanked for twice there never was.
            intruder.send(Frame(.eventTaken).bytes + Frame(.eventTaken).bytes)
            #expect(await intruder.frame() == nil)
            #expect(taken.withLock { $0 } == 1)
            #expect(news.faults.withLock { $0 } == ["thanks for an event that there never was"])
        }
    }

    @Test(arguments: [
        Frame(.patch, 0, [1]), Frame(.media, 1, media(1).payload), Frame(.mediaPiece, 1, [1]), Frame(.eventTaken),
        Frame(.report, 0, [65]), Frame(.leaves),
    ])
    func `where nothing is shown, what would be is a fault`(_ frame: Frame) async throws {
        try await session.with { intruder, _, news in
            intruder.send(frame.bytes)
            #expect(await intruder.frame() == nil)
            #expect(news.faults.withLock { $0 } == ["what nobody shows"])
        }
    }

    private static let wrong: [(name: String, frames: [Frame])] = [
        ("bytes of a video that were not announced", [Frame(.mediaPiece, 1, [1])]),
        ("more bytes than were", [Frame(.media, 1, media(1).payload), Frame(.mediaPiece, 1, [1, 2])]),
        ("pieces without end", [Frame(.media, 1, media(1).payload), Frame(.mediaPiece, 1)]),
        ("another video's", [Frame(.media, 1, media(1).payload), Frame(.mediaPiece, 2, [1])]),
        ("a video within one", [Frame(.media, 1, media(1).payload), Frame(.media, 2, media(1).payload)]),
        ("a video without bytes for a page", [Frame(.media, 1, media(1, hasContent: false).payload)]),
        ("one number twice", [Frame(.media, 1, media(0).payload), Frame(.media, 1, media(0).payload)]),
    ]

    @Test(arguments: wrong.indices)
    func `a video that comes in no order is a fault`(index: Int) async throws {
        try await session.with(display: Display()) { intruder, _, news in
            intruder.send(Self.wrong[index].frames.flatMap(\.bytes))
            #expect(await intruder.frame() == nil, "\(Self.wrong[index].name)")
            #expect(news.faults.withLock { $0.count } == 1)
        }
    }

    @Test func `nothing counts that follows a fault, also in a process's last moment`() async throws {
        let display = Display()
        try await session.with(display: display) { intruder, _, news in
            // The process is gone before the keeper has read any of it.
            intruder.send(
                Frame(.patch, 0, [1]).bytes + Self.patch { $0.setTitle("after the fault") })
            shutdown(intruder.descriptor, Int32(SHUT_RDWR))
            while news.faults.withLock({ $0.isEmpty }) { await Task.yield() }
        }
        #expect(display.shown.withLock { $0.title }.isEmpty)
    }

    @Test func `a picture that nobody has sent is a fault`() async throws {
        try await session.with(display: Display()) { intruder, _, news in
            let blob = MediaBlob(storage: .memory([]), size: 0, type: "", name: nil)
            intruder.send(
                Self.patch { document in
                    document.set(.src, of: document.element(named: "v"), to: .media(.blob(blob)))
                })
            #expect(await intruder.frame() == nil)
            #expect(news.faults.withLock { $0 } == ["a picture or a video that is not there"])
        }
    }

    @Test func `a video that there is no room for is not shown, and the script goes on`() async throws {
        let display = Display()
        try await session.with(display: display) { intruder, _, news in
            let size = 5 << 30
            intruder.send(Frame(.media, 1, Self.media(size, fileName: [65]).payload).bytes)
            let piece = Frame(.mediaPiece, 1, [UInt8](repeating: 7, count: FrameKind.mediaPiece.limit)).bytes
            for _ in 0..<64 { intruder.send(piece) }
            intruder.send(Frame(.request, 9, LinkedRequest(method: .get, url: "http://elsewhere.test/").payload).bytes)
            #expect(await intruder.frame()?.kind == .failure)
            #expect(news.faults.withLock { $0 }.isEmpty)
            #expect(
                display.warnings.withLock { $0 } == [
                    "the video of the job job_1 cannot be shown: there is no room for it"
                ])
        }
    }

    /// In a process of its own, whose memory is nobody else's.
    @Test func `a flood of documents leaves the keeper small`() async {
        await #expect(processExitsWith: .success) { try await KeeperDisplayTests.flood() }
    }

    private static func flood() async throws {
        let display = Display(hasPage: false)
        try await KeeperSessionTests().with(display: display) { intruder, _, _ in
            // The largest that there may be, in its parts, and again.
            var document = LiveDocument()
            for number in 0..<(LinkedDocument.elementLimit - 1) {
                let text = String(repeating: "x", count: 150)
                document.set(.textContent, of: document.element(named: "n\(number)"), to: .text(text))
            }
            let whole = document.state()
            let before = try memory()
            for round in 0..<20 {
                let patch = DocumentPatch(
                    from: round, sequence: round + 1, title: "\(round)", elements: whole.elements)
                for part in LinkedPatch.parts(of: patch, { _ in 0 }) {
                    #expect(intruder.send(Frame(.patch, 0, part).bytes))
                }
                #expect(await intruder.frame()?.kind == .patchTaken)
            }
            #expect(display.shown.withLock { $0.count } == LinkedDocument.elementLimit)
            // What the intruder makes each time is in it too.
            #expect(try memory() - before < 64 << 20)
        }
    }

    /// What the process has for itself, in bytes.
    private static func memory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    @Test func `a file that is watched is known before it is read, and one that may not be read is not`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("s.lua", "return 1")
        try scratch.write("m.lua", "return 2")
        try scratch.write("secret", "x")
        let loaded = Mutex<[String]>([])
        let files = ScriptFiles(script: BytePath(scratch.file("s.lua")), named: [])
        let loads: @Sendable ([UInt8]) -> Void = { path in
            loaded.withLock { $0.append(String(decoding: path, as: UTF8.self)) }
        }
        try await session.with(files: files, loads: loads) { intruder, _, _ in
            for question in [
                LinkedQuestion.chunk(Array(scratch.file("s.lua").utf8)), .module("m"), .module("none"),
                .chunk(Array(scratch.file("secret").utf8)), .chunk(Array("/etc/passwd".utf8)),
            ] {
                intruder.send(Frame(.question, 1, question.payload).bytes)
                #expect(await intruder.frame()?.kind == .answer)
            }
            #expect(loaded.withLock { $0 } == [scratch.file("s.lua"), scratch.file("m.lua")])
        }
    }
}
