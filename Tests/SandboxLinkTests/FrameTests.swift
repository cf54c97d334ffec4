import DecartAPI
import LiveDocument
import ScriptPermissions
import SeededNumbers
import Testing

@testable import SandboxLink

struct FrameTests {
    @Test(arguments: FrameKind.allCases)
    func `a frame comes out as it went in, however it is cut`(_ kind: FrameKind) throws {
        let frame = Frame(kind, 0x0102_0304, Array(repeating: 7, count: min(kind.limit, 300)))
        for size in [1, 3, 9, 10, 1000] {
            var decoder = FrameDecoder(kind.direction)
            var found: [Frame] = []
            let bytes = frame.bytes + frame.bytes
            for start in stride(from: 0, to: bytes.count, by: size) {
                decoder.add(bytes[start..<min(start + size, bytes.count)])
                while let next = try decoder.next() { found.append(next) }
            }
            #expect(found == [frame, frame])
            #expect(decoder.held == 0)
        }
    }

    @Test(arguments: FrameKind.allCases)
    func `a frame that is longer than its kind may be is a fault before its bytes are there`(_ kind: FrameKind) {
        var header = FieldWriter()
        header.add(UInt32(kind.limit + 1))
        header.add(kind.rawValue)
        header.add(UInt32(1))
        var decoder = FrameDecoder(kind.direction)
        decoder.add(header.bytes)
        #expect(throws: LinkFault.self) { try decoder.next() }
        #expect(decoder.held == 0)
        // And it stays one.
        decoder.add(Frame(kind).bytes)
        #expect(throws: LinkFault.self) { try decoder.next() }
    }

    @Test func `a frame of the other direction is a fault`() {
        for kind in FrameKind.allCases {
            var decoder = FrameDecoder(kind.direction == .toKeeper ? .toScript : .toKeeper)
            decoder.add(Frame(kind).bytes)
            #expect(throws: LinkFault.self) { try decoder.next() }
        }
    }

    /// In a process of its own, which holds up no other test.
    @Test func `a million random frames crash nothing and grow nothing`() async {
        await #expect(processExitsWith: .success) { FrameTests.readRandomFrames() }
    }

    private static func readRandomFrames() {
        var numbers = SplitMix64(seed: 20)
        var faults = 0
        for round in 0..<1_000_000 {
            let kinds = FrameKind.allCases
            let kind = kinds[Int(truncatingIfNeeded: numbers.next() >> 33) % kinds.count]
            let count = Int(numbers.next() % 48)
            var payload = (0..<count).map { _ in
                // Small numbers are likely lengths.
                let random = numbers.next()
                return random & 3 == 0
                    ? UInt8(truncatingIfNeeded: random >> 8) : UInt8(truncatingIfNeeded: random >> 8) % 4
            }
            if round % 7 == 0 { payload = Self.sample(kind) }
            if round % 7 == 0, !payload.isEmpty {
                payload[Int(numbers.next() % UInt64(payload.count))] = UInt8(truncatingIfNeeded: numbers.next())
            }
            var decoder = FrameDecoder(kind.direction)
            decoder.add(Frame(kind, UInt32(truncatingIfNeeded: numbers.next()), payload).bytes)
            do throws(LinkFault) {
                while let frame = try decoder.next() { try Self.read(frame) }
            } catch {
                faults += 1
            }
            if decoder.held > FrameKind.answer.limit { Issue.record("the decoder holds \(decoder.held) bytes") }
        }
        #expect(faults > 100_000)
    }

    /// A payload that is sound.
    private static func sample(_ kind: FrameKind) -> [UInt8] {
        switch kind {
        case .request:
            LinkedRequest(
                method: .get, url: "http://a/b", headers: [.init(name: "a", value: "b")],
                body: .form([LinkedPart(name: "f", content: .file(name: [65], type: "t", size: 3))])
            ).payload
        case .submit:
            LinkedSubmit(
                isPicture: false, model: "m", path: "/v1/jobs/m", parts: [], terms: ["key": "k"], limit: .seconds(1)
            )
            .payload
        case .head: LinkedHead(status: 200, headers: [.init(name: "a", value: "b")], body: [1, 2]).payload
        case .failure: LinkedFailure(TransportError(refusal: DecartError(.permissionDenied, "no"))).payload
        case .outcome: LinkedOutcome.job(["job_id": "a"], isReplayed: true, isFetched: false).payload
        case .question: LinkedQuestion.module("a.b").payload
        case .answer: LinkedAnswer.file(path: [65], bytes: [66]).payload
        case .greeting:
            Greeting(
                words: [[65]], environment: [.init(name: [66], value: [67])], server: "s",
                clientFault: DecartError(.invalidAPIKey, "none"), permissions: .everything, temporaryFolder: [68],
                canAsk: true, display: [.terminal, .page]
            ).payload
        case .used: LinkedUse(kind: .read, what: [65]).payload
        case .credit: [1, 0, 0, 0]
        case .patch: LinkedPatch.parts(of: samplePatch) { _ in 1 }.first ?? []
        case .media:
            LinkedMedia(size: 1, type: "video/mp4", name: "a", jobID: "b", hasContent: true, fileName: [65]).payload
        case .event: DocumentEvent(.input, on: ElementID(number: 1), value: "x").payload
        case .presence: [1]
        case .report: [65]
        case .mediaPiece: [1]
        case .chunk, .body, .end, .bodyEnd, .cancel, .began, .patchTaken, .eventTaken, .leaves: []
        }
    }

    private static let sampleBlob = MediaBlob(storage: .memory([]), size: 0, type: "", name: nil)

    private static var samplePatch: DocumentPatch {
        var document = LiveDocument()
        document.setTitle("t")
        document.set(.value, of: document.element(named: "a"), to: .number(1))
        document.set(.src, of: document.element(named: "b"), to: .media(.blob(sampleBlob)))
        return document.state()
    }

    private static func read(_ frame: Frame) throws(LinkFault) {
        switch frame.kind {
        case .request: _ = try LinkedRequest(frame.payload)
        case .submit: _ = try LinkedSubmit(frame.payload)
        case .head: _ = try LinkedHead(frame.payload)
        case .failure: _ = try LinkedFailure(frame.payload)
        case .outcome: _ = try LinkedOutcome(frame.payload)
        case .question: _ = try LinkedQuestion(frame.payload)
        case .answer: _ = try LinkedAnswer(frame.payload)
        case .greeting: _ = try Greeting(frame.payload)
        case .used: _ = try LinkedUse(frame.payload)
        case .patch:
            let part = try LinkedPatch(frame.payload) { _ throws(LinkFault) in sampleBlob }
            var document = LinkedDocument()
            _ = try document.take(part)
        case .media: _ = try LinkedMedia(frame.payload)
        case .event: _ = try DocumentEvent(frame.payload)
        case .chunk, .body, .end, .bodyEnd, .cancel, .began, .credit, .presence, .report, .mediaPiece, .patchTaken,
            .eventTaken, .leaves:
            break
        }
    }

    @Test func `every message comes out as it went in`() throws {
        let request = LinkedRequest(
            method: .post, url: "http://a/b", headers: [.init(name: "x", value: "y")],
            body: .form([
                LinkedPart(name: "t", content: .text([0, 255])),
                LinkedPart(name: "f", content: .file(name: [1, 2], type: "video/mp4", size: 1 << 40)),
            ]), idleTimeout: .milliseconds(1500), streamsReply: true, needsFreshConnection: true)
        #expect(try LinkedRequest(request.payload) == request)
        let submit = LinkedSubmit(
            isPicture: true, model: "m", path: "/v1/jobs/m", parts: [], terms: ["key": "k", "n": 1], limit: nil)
        #expect(try LinkedSubmit(submit.payload) == submit)
        let head = LinkedHead(status: 206, headers: [.init(name: "x", value: "")], isDecoded: true, body: [1])
        #expect(try LinkedHead(head.payload) == head)
        for question in [
            LinkedQuestion.chunk([0xFF]), .module("a"), .jobs(["name": "x"]), .spend,
            .open(LinkedOpening(way: .update, path: [0x2F, 0xFF])),
        ] {
            #expect(try LinkedQuestion(question.payload) == question)
        }
        for answer in [
            LinkedAnswer.file(path: [1], bytes: []), .none(reason: "x", isRefusal: true), .journal([1, "a"]),
            .opened(descriptor: -1), .unopened(code: 13),
        ] {
            #expect(try LinkedAnswer(answer.payload).payload == answer.payload)
        }
        var permissions = Permissions.everything
        permissions.net.denied = [[1]]
        let greeting = Greeting(
            words: [[0x80]], environment: [.init(name: [1], value: [2])], server: nil, clientFault: nil,
            permissions: permissions, temporaryFolder: [3], canAsk: true, display: .page)
        let read = try Greeting(greeting.payload)
        #expect(read.words == [[0x80]] && read.permissions == permissions && read.temporaryFolder == [3])
        #expect(read.canAsk && read.display == .page)
    }

    @Test func `an error comes out with all that it had`() throws {
        var error = DecartError(
            .submitUnknown, "what", status: 503, data: ["job_id": "a", "n": 1], retryable: true,
            retryAfter: .milliseconds(250), cause: "why")
        error.isOutcomeUnknown = true
        let outcome = try LinkedOutcome(LinkedOutcome.failed(error).payload)
        guard case .failed(let read) = outcome else {
            Issue.record("it is no error")
            return
        }
        #expect(read.code == error.code && read.message == error.message && read.status == 503)
        #expect(read.data == error.data && read.retryable && read.isOutcomeUnknown && read.cause == "why")
        #expect(read.retryAfter == .milliseconds(250))
    }
}
