import DecartAPI
import DecartClient
import JobJournal
import RunClock

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the journal has to know of a form before it is sent: its fields, its files' digests, and how long the video in
/// it plays.
struct FormFacts: Sendable {
    var fields: [JobContent.Field] = []
    var files: [FileDigest] = []
    /// Of the input video, rounded up; nil where it is not known.
    var seconds: Int?
    /// Whether a video is among the files.
    var hasVideo = false

    /// Reads the files once, off the caller's thread.
    ///
    /// - Throws: `INVALID_INPUT` for a file that went away meanwhile.
    static func of(
        _ prepared: PreparedSubmission, on clock: any RunClock
    ) async throws(DecartError) -> FormFacts {
        var facts = FormFacts()
        for part in prepared.form.parts {
            switch part.content {
            case .text(let value): facts.fields.append(JobContent.Field(name: part.name, value: value))
            case .file(let file):
                let field = part.name
                let kind = prepared.model.inputs?.fields.first { $0.name == field }?.kind
                // A custom model does not say which of its files is the video: the API's own name for it is `data`.
                let isVideo = kind == .videoFile || (kind == nil && field == "data")
                let read: FileContent
                switch file.source {
                case .bytes(let bytes):
                    read = FileContent(
                        size: bytes.count, sha256: RunningDigest.sha256(bytes),
                        seconds: isVideo ? MovieLength.wholeSeconds(of: bytes) : nil)
                case .path(let path, _): read = try await FileContent.read(path, measures: isVideo, on: clock)
                }
                facts.files.append(
                    FileDigest(
                        field: field, name: file.fileName.description, size: read.size, sha256: read.sha256,
                        path: file.userPath.map { AbsolutePath.of($0).description }))
                if isVideo {
                    facts.hasVideo = true
                    facts.seconds = read.seconds
                }
            }
        }
        return facts
    }
}

extension MultipartForm.File {
    /// Where the user's own file is; nil for bytes, and for a temporary file that is gone after the submit.
    fileprivate var userPath: BytePath? {
        guard case .path(let path, _) = source, keepAlive == nil else { return nil }
        return path
    }
}

/// What is in a file: its size and digest, and how long it plays.
struct FileContent: Hashable, Sendable {
    var size: Int
    var sha256: String
    /// Rounded up; nil where it is not known or was not asked for.
    var seconds: Int?

    private static let chunkSize = 1 << 20

    /// - Throws: `INVALID_INPUT` if the file cannot be read.
    static func read(
        _ path: BytePath, measures: Bool, on clock: any RunClock
    ) async throws(DecartError) -> FileContent {
        try await FileWork.run(on: clock) { () throws(DecartError) in
            guard let name = path.cString else { throw unreadable(path, "it has a NUL in it") }
            // A pipe would be waited for, and a device read, for ever: a journal may name what it likes.
            let file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { throw unreadable(path) }
            defer { close(file) }
            var facts = stat()
            guard fstat(file, &facts) == 0 else { throw unreadable(path) }
            guard facts.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is not a regular file") }
            var digest = RunningDigest()
            var size = 0
            var buffer = [UInt8](repeating: 0, count: chunkSize)
            while true {
                let count = Glibc.read(file, &buffer, chunkSize)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw unreadable(path) }
                if count == 0 { break }
                digest.update(buffer[..<count])
                size += count
            }
            let seconds =
                measures
                ? MovieLength.wholeSeconds(size: size) { offset, count in
                    var bytes = [UInt8](repeating: 0, count: count)
                    return pread(file, &bytes, count, offset) == count ? bytes : nil
                } : nil
            return FileContent(size: size, sha256: digest.finished(), seconds: seconds)
        }
    }

    private static func unreadable(
        _ path: BytePath, _ reason: String = String(cString: strerror(errno))
    ) -> DecartError {
        DecartError(
            .invalidInput, "The file \(Excerpt.quoted(path.bytes, limit: 200)) cannot be read: \(reason).",
            cause: reason)
    }
}

enum AbsolutePath {
    /// `path` seen from the root, as it is now.
    static func of(_ path: BytePath) -> BytePath {
        if path.bytes.starts(with: Array("./".utf8)) { return of(BytePath(bytes: Array(path.bytes.dropFirst(2)))) }
        guard path.bytes.first != UInt8(ascii: "/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return BytePath(String(cString: folder)).appending(path)
    }
}
