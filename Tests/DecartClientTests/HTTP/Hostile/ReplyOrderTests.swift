import NIOCore
import NIOHTTP1
import Testing

@testable import DecartClient

struct ReplyOrderTests {
    private func head(_ status: Int, _ headers: HTTPHeaders = [:]) -> HTTPClientResponsePart {
        .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers))
    }

    private let body = HTTPClientResponsePart.body(ByteBuffer(string: "x"))

    private func verdicts(_ parts: [HTTPClientResponsePart], hasRequest: Bool = true) -> [String] {
        var order = ReplyOrder()
        if hasRequest { order.requestBegan() }
        return parts.map { part in
            switch order.receive(part) {
            case .pass: "pass"
            case .drop: "drop"
            case .refuse(let error): error.reason
            }
        }
    }

    @Test func `a reply passes as it is, and what is informational before it does not`() {
        #expect(verdicts([head(200), body, body, .end(nil)]) == ["pass", "pass", "pass", "pass"])
        #expect(verdicts([head(100), head(103), head(200), .end(nil)]) == ["drop", "drop", "pass", "pass"])
        #expect(verdicts([head(200), .end(nil), head(200)]).last == "sent a reply that belongs to no request")
    }

    @Test(arguments: Array(0...99) + [101] + Array(600...999))
    func `a status out of 100 to 599, and a switch of protocols, is refused with all that follows`(status: Int) {
        let verdicts = verdicts([head(status), body, .end(nil), head(200)])
        #expect(!["pass", "drop"].contains(verdicts[0]))
        #expect(verdicts.dropFirst() == ["drop", "drop", "drop"])
    }

    @Test(arguments: Array(200...599))
    func `every other status passes`(status: Int) {
        #expect(verdicts([head(status)]) == ["pass"])
    }

    @Test func `what the parser should not let through is refused all the same`() {
        #expect(verdicts([body]) == ["sent a body without a status"])
        #expect(verdicts([.end(nil)]) == ["sent a body without a status"])
        #expect(verdicts([head(200), head(200)]).last == "sent a second status in the middle of a reply")
        #expect(verdicts([head(200)], hasRequest: false) == ["sent a reply that belongs to no request"])
    }

    @Test func `a flood of informational replies is refused`() {
        let flood = verdicts(Array(repeating: head(102), count: ReplyOrder.informationalLimit + 1))
        #expect(flood.dropLast().allSatisfy { $0 == "drop" })
        #expect(flood.last?.contains("more than 32 informational replies") == true)
    }

    @Test(arguments: ["gzip", "gzip, chunked", "Chunked, x", "br"])
    func `a transfer coding that the parser does not take off is refused by its name`(codings: String) {
        let verdict = verdicts([head(200, ["Transfer-Encoding": codings])])[0]
        #expect(verdict.contains("transfer coding"))
        #expect(verdicts([head(200, ["transfer-encoding": "Chunked"])]) == ["pass"])
        #expect(verdicts([head(200, ["transfer-encoding": "identity"])]) == ["pass"])
    }
}
