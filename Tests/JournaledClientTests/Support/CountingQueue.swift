import DecartAPI
import Foundation
import Synchronization

/// A queue that counts the jobs it is given in a file, one line a POST: the count of somebody who is not the program.
///
/// Every job is completed at once; its result is its id.
final class CountingQueue: QueueTransport {
    /// What becomes of a POST.
    enum Reply: Sendable {
        case job
        /// The job is made, and its reply is lost.
        case lost
        /// Nothing arrives.
        case unreachable
        case refused(Int)
    }

    /// Where the process can be stopped on the way.
    enum Moment: String, Sendable, CaseIterable { case beforePost, afterPost }

    let file: String
    private let reply: @Sendable (_ number: Int) -> Reply
    private let moment: (@Sendable (Moment) -> Void)?
    private let posts = Mutex(0)
    private let gets = Mutex<[String]>([])

    init(
        _ file: String, moment: (@Sendable (Moment) -> Void)? = nil,
        reply: @escaping @Sendable (Int) -> Reply = { _ in .job }
    ) {
        self.file = file
        self.moment = moment
        self.reply = reply
    }

    /// The ids of the jobs that were made, also for other processes.
    var jobs: [String] { Self.jobs(in: file) }
    /// The paths that were asked for with GET here.
    var asked: [String] { gets.withLock { $0 } }

    static func jobs(in file: String) -> [String] {
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        let path = String(request.url.dropFirst("https://queue.test".count))
        guard request.method == .post else {
            gets.withLock { $0.append(path) }
            let id = String(path.split(separator: "/")[2])
            guard jobs.contains(id) else { return Self.json(404, ["detail": "no such job"]) }
            if path.hasSuffix("/content") {
                return TransportReply(
                    status: 200, headers: [("content-type", "video/mp4"), ("content-length", "\(id.utf8.count)")],
                    body: .bytes(Array(id.utf8)))
            }
            return Self.json(200, ["job_id": .string(id), "status": "completed"])
        }
        if path.hasSuffix("/resolve") { return Self.json(200, ["model_id": "lucy-2.5"]) }
        moment?(.beforePost)
        let number = posts.withLock { posts in
            posts += 1
            return posts
        }
        let id = "job-\(UUID().uuidString)"
        switch reply(number) {
        case .unreachable: throw TransportError(.network, reach: .neverSent, reason: "connection refused")
        case .refused(let status): return Self.json(status, ["detail": "no"])
        case .job, .lost: break
        }
        request.onSending?()
        Self.append(id + "\n", to: file)
        moment?(.afterPost)
        if case .lost = reply(number) { throw TransportError(.network, reach: .maybeSent, reason: "reset") }
        if path.hasPrefix("/v1/generate") {
            return TransportReply(status: 200, headers: [("content-type", "image/png")], body: .bytes(Array(id.utf8)))
        }
        return Self.json(200, ["job_id": .string(id), "status": "pending"])
    }

    /// In one write, so that lines of several processes do not mix.
    static func append(_ line: String, to file: String) {
        let descriptor = open(file, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    private static func json(_ status: Int, _ value: JSONValue) -> TransportReply {
        TransportReply(
            status: status, headers: [("content-type", "application/json")], body: .bytes(value.serialized()))
    }
}
