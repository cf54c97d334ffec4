import DecartAPI
import Foundation
import TestSupport

/// `recording_server.py`, for as long as this object lives.
final class RecordingServer {
    struct Part {
        var headers: [String]
        /// Each byte as the character of that number.
        var content: String
    }

    struct Record {
        var json: JSONValue

        var line: String { "\(json["method"]?.text ?? "") \(json["path"]?.text ?? "") \(json["version"]?.text ?? "")" }
        var body: String? { json["body"]?.text }

        /// Every header, by its name in lower case; a name that came twice is in there as an empty text.
        var headers: [String: String] {
            guard case .array(let list)? = json["headers"] else { return [:] }
            let pairs = list.compactMap { pair -> (String, String)? in
                guard case .array(let pair) = pair, pair.count == 2 else { return nil }
                return (pair[0].text ?? "", pair[1].text ?? "")
            }
            return Dictionary(pairs) { _, _ in "" }
        }

        var parts: [Part] {
            guard case .array(let list)? = json["parts"] else { return [] }
            return list.map { part in
                guard case .array(let headers)? = part["headers"] else { return Part(headers: [], content: "") }
                return Part(headers: headers.compactMap(\.text), content: part["content"]?.text ?? "")
            }
        }
    }

    private let folder: ScratchFolder
    private let process: Process
    let port: Int

    private init(folder: ScratchFolder, process: Process, port: Int) {
        self.folder = folder
        self.process = process
        self.port = port
    }

    static func start() async throws -> RecordingServer {
        let folder = try ScratchFolder()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/recording_server.py"
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script, folder.file("records")]
        process.standardOutput = output
        // The one line it prints comes when it is ready; waiting for it must not hold up the threads of other tests.
        try process.run()
        let line = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let bytes = output.fileHandleForReading.availableData
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            kill(process.processIdentifier, SIGKILL)
            throw Unexpected.noValue
        }
        return RecordingServer(folder: folder, process: process, port: port)
    }

    deinit {
        // Children of Swift's own threads come into the world with SIGTERM blocked.
        kill(process.processIdentifier, SIGKILL)
    }

    func records() throws -> [Record] {
        let lines = (folder.text("records") ?? "").split(separator: "\n")
        return try lines.map { Record(json: try JSONValue(parsing: String($0))) }
    }
}
